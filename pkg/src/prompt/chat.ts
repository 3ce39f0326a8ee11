/** One turn of a conversation. */
export interface ChatMessage {
  /** Usually `'system'`, `'user'` or `'assistant'`. */
  role: string;
  content: string;
}
