const key = 'shotglass.visited';

/** Whether nobody has been here with this browser. Where nothing may be stored, each visit is the first. */
export function isFirstVisit(): boolean {
  try {
    const first = localStorage.getItem(key) === null;
    localStorage.setItem(key, 'yes');
    return first;
  } catch {
    return true;
  }
}
