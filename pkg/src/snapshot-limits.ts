/** The most tokens of a text that is recorded, and of one that is compared with it. */
export const MAX_TEXT_TOKENS = 12;
