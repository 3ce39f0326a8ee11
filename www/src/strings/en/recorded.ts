/** What a view says where nothing is recorded for it. */
export const recorded = {
  noAnswer: 'Load the model to see the answer.',
  onlyWords: 'Only the words are recorded for this query. Load the model to see the rest.',
};
