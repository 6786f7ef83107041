/** Where the container's npm leaves what it installed (install-state.ts), relative to the project. */
export const INSTALL_STATE = 'node_modules/.terrarium-install.json';
