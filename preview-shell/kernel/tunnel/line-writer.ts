import type { OutputListener } from '../container/program-io.ts';

/** Lines to the page. Those that come while others are on their way go together, so that many small ones cost one message. */
export class LineWriter {
  private readonly output: OutputListener | undefined;
  private readonly onGone: () => void;
  private readonly encoder = new TextEncoder();
  private lines: string[] = [];
  private sending: Promise<void> | undefined;
  private over = false;

  /** `onGone`: nobody reads any more. */
  constructor(output: OutputListener | undefined, onGone: () => void) {
    this.output = output;
    this.onGone = onGone;
  }

  write(line: string): void {
    if (this.over) return;
    this.lines.push(line);
    this.sending ??= this.send();
  }

  /** Nothing more is written; the end follows what is on its way. */
  close(): void {
    if (this.over) return;
    this.over = true;
    void (this.sending ?? Promise.resolve()).then(() => this.output?.(null)).catch(() => undefined);
  }

  private async send(): Promise<void> {
    try {
      // Lines of this turn go together too.
      await Promise.resolve();
      while (this.lines.length > 0) {
        const text = `${this.lines.join('\n')}\n`;
        this.lines = [];
        await this.output?.(this.encoder.encode(text));
      }
    } catch {
      this.onGone();
    } finally {
      this.sending = undefined;
    }
  }
}
