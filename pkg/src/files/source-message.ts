/** Where the worker gets the file from. */
export type SourceMessage =
  | { kind: 'url'; url: string }
  | { kind: 'path'; path: string }
  | { kind: 'blob'; blob: Blob }
  /** From the page: one `chunk` message for every `pull`. */
  | { kind: 'pushed'; bytesTotal: number | null };
