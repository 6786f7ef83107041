/**
 * What pages were given of the files that change, as the browser's own cache would have it: an answer of a service worker is in none. A page asks for it
 * with `cache: 'force-cache'` (Fetch standard, 5.4: whatever the cache has, fresh or not), once, to see what it has missed (rule P17).
 */
const MOST_CHARACTERS = 16 * 1024 * 1024;

export class GivenTexts {
  private readonly texts = new Map<string, string>();
  private characters = 0;

  add(clientId: string, url: string, text: string): void {
    const key = keyOf(clientId, url);
    this.drop(key);
    this.texts.set(key, text);
    this.characters += text.length;
    for (const oldest of this.texts.keys()) {
      if (this.characters <= MOST_CHARACTERS) break;
      this.drop(oldest);
    }
  }

  /** The text, which is forgotten; undefined for what that page was not given. */
  take(clientId: string, url: string): string | undefined {
    const key = keyOf(clientId, url);
    const text = this.texts.get(key);
    this.drop(key);
    return text;
  }

  private drop(key: string): void {
    this.characters -= this.texts.get(key)?.length ?? 0;
    this.texts.delete(key);
  }
}

const keyOf = (clientId: string, url: string): string => `${clientId} ${url}`;
