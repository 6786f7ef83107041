/** Whose preview said something, where it was not this page's own. */
export interface Origin {
  /** One open page: two tabs of a member are two. */
  source: string;
  name: string;
}

/** As a key, also for the page's own. */
export const originKey = (from: Origin | undefined): string => from?.source ?? '';
