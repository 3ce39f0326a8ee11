/** The names of labels in a text that has them between commas, of either width, each once. */
export function namesIn(text: string): string[] {
  const names = text.split(/[,，]/).map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}
