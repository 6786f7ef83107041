/** What llhttp has told of one message so far: the strings of its head, and how large it has become. */

/** Header fields that Node collects before it hands them over (kMaxHeaderFieldsCount of node_http_parser.cc). */
const MAX_FIELDS = 32;

export class MessageHead {
  url = '';
  statusMessage = '';
  /** Whether headers were handed over before the head was complete. */
  flushed = false;
  /** Bytes of the head since it began. */
  size = 0;
  private fields: string[] = [];
  private values: string[] = [];

  begin(): void {
    this.fields = [];
    this.values = [];
    this.url = '';
    this.statusMessage = '';
  }

  get pending(): boolean {
    return this.fields.length > 0;
  }

  /** @returns true when the headers before this one must be handed over first: then call `take` and `field` again. */
  field(text: string): boolean {
    if (this.fields.length === this.values.length) {
      if (this.fields.length + 1 === MAX_FIELDS) return true;
      this.fields.push(text);
    } else this.fields[this.fields.length - 1] += text;
    return false;
  }

  value(text: string): void {
    if (this.values.length !== this.fields.length) this.values.push(text);
    else this.values[this.values.length - 1] += text;
  }

  /** The headers collected, name and value in turn, which are forgotten. */
  take(): string[] {
    const headers = this.fields.flatMap((field, i) => [field, (this.values[i] ?? '').replace(/[ \t]+$/, '')]);
    this.fields = [];
    this.values = [];
    return headers;
  }
}
