/** The npm whose behaviour is kept: the one that comes with the Node release that the container reports. */
export const NPM_VERSION = '10.9.8';
export const USER_AGENT = `npm/${NPM_VERSION} node/${process.version} ${process.platform} ${process.arch} workspaces/false`;
