/** What the page that drops what the browser keeps of its origin says to the app when it has. */
export const FORGOTTEN = 'terrarium-forgotten.v1';
