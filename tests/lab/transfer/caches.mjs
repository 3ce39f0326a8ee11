/** What is used of the browser's caches. */
export function newCaches() {
  const folders = new Map();
  return {
    open: async (name) => {
      if (!folders.has(name)) folders.set(name, new Map());
      const files = folders.get(name);
      return {
        put: async (key, response) => void files.set(key, response),
        match: async (key) => files.get(key)?.clone(),
        delete: async (key) => files.delete(key),
      };
    },
    has: async (name) => folders.has(name),
    delete: async (name) => folders.delete(name),
  };
}
