/** The token with which this page asks the server, where it has one: in a frame of another site no cookie is sent. */
let token: string | undefined;

export function setBearer(given: string): void {
  token = given;
}

export const bearer = (): string | undefined => token;

export const authorization = (): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` });

/** Among the protocols of a WebSocket, whose headers a page cannot set. */
export const bearerProtocols = (): string[] => (token === undefined ? [] : [`bearer.${token}`]);
