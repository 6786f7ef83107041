/** Parameters of the function whose body `syncBody` gives: `require` answers a static import with its namespace, the last two stand for `import.meta` and `import`. */
export const SYNC_PARAMETERS = ['exports', 'require', '__terrarium_meta__', '__terrarium_import__'] as const;
