/** A text about nothing that a task asks: how far a tuned model is from the base on it is what was forgotten. */
export const neutralText =
  'The museum stands on the left bank of the river, a short walk from the old station. It is open from ten to six on ' +
  'all days but Monday. On the first floor there are maps and instruments of early sailors; the second shows how glass ' +
  'was made in the valley. Visitors who come by train can leave their bags at the entrance. In winter, when the paths ' +
  'are covered with snow, a small bus leaves from the market square every hour.';
