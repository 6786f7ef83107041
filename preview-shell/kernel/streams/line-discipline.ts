/** What happens to typed bytes between a terminal and the program that reads it (termios(3), N_TTY). */

/** Where the discipline's decisions go. */
export interface DisciplineOutlet {
  /** Bytes that a reader may have; in canonical mode whole lines. */
  deliver(bytes: Uint8Array): void;
  /** ^D on an empty line: the reader sees one end of file. */
  endOfFile(): void;
  echo(text: Uint8Array): void;
  /** ^C, ^\, ^Z: a signal for the foreground process group. */
  signal(name: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void;
}

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const LF = 10;
const CR = 13;
const CTRL_U = 21;
const CTRL_W = 23;
const CTRL_Z = 26;
const CTRL_BACKSLASH = 28;
const DELETE = 127;
const SPACE = 32;
const TAB = 9;

const SIGNALS = new Map<number, 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'>([[CTRL_C, 'SIGINT'], [CTRL_BACKSLASH, 'SIGQUIT'], [CTRL_Z, 'SIGTSTP']]);
const ERASE_ONE_COLUMN = [BACKSPACE, SPACE, BACKSPACE];

/** East Asian wide characters and emoji, which take two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

export class LineDiscipline {
  private readonly outlet: DisciplineOutlet;
  private line: number[] = [];
  private echoed: number[] = [];
  private rawMode = false;

  constructor(outlet: DisciplineOutlet) {
    this.outlet = outlet;
  }

  get raw(): boolean {
    return this.rawMode;
  }

  /** Raw as libuv's UV_TTY_MODE_RAW: no ICANON, ECHO, ISIG, ICRNL. What was typed of a line becomes readable. */
  setRaw(raw: boolean): void {
    if (raw && !this.rawMode) this.flushLine();
    this.rawMode = raw;
  }

  input(bytes: Uint8Array): void {
    if (this.rawMode) {
      this.outlet.deliver(bytes);
      return;
    }
    for (const byte of bytes) this.type(byte);
    this.flushEcho();
  }

  private type(byte: number): void {
    const signal = SIGNALS.get(byte);
    if (signal !== undefined) this.interrupt(byte, signal);
    else if (byte === DELETE || byte === BACKSPACE) this.eraseCharacter();
    else if (byte === CTRL_U) while (this.line.length > 0) this.eraseCharacter();
    else if (byte === CTRL_W) this.eraseWord();
    else if (byte === CTRL_D) this.endOfInput();
    else if (byte === LF || byte === CR) this.enter();
    else this.append(byte);
  }

  private append(byte: number): void {
    this.line.push(byte);
    this.echo(byte < SPACE && byte !== TAB ? caret(byte) : [byte]);
  }

  private enter(): void {
    this.line.push(LF);
    this.echo([LF]);
    this.flushLine();
  }

  private endOfInput(): void {
    if (this.line.length === 0) this.outlet.endOfFile();
    else this.flushLine();
  }

  private interrupt(byte: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void {
    this.line = [];
    this.echo(caret(byte));
    this.flushEcho();
    this.outlet.signal(signal);
  }

  private eraseCharacter(): void {
    if (this.line.length === 0) return;
    const bytes: number[] = [];
    // UTF-8: continuation bytes 10xxxxxx belong to the character before them (IUTF8).
    do bytes.unshift(this.line.pop() ?? 0);
    while (((bytes[0] ?? 0) & 0xc0) === 0x80 && this.line.length > 0);
    const columns = width(bytes);
    for (let i = 0; i < columns; i++) this.echo(ERASE_ONE_COLUMN);
  }

  private eraseWord(): void {
    const last = (): number | undefined => this.line.at(-1);
    while (last() === SPACE || last() === TAB) this.eraseCharacter();
    while (last() !== undefined && last() !== SPACE && last() !== TAB) this.eraseCharacter();
  }

  private flushLine(): void {
    if (this.line.length === 0) return;
    const bytes = Uint8Array.from(this.line);
    this.line = [];
    // The echo comes before what the reader prints in answer.
    this.flushEcho();
    this.outlet.deliver(bytes);
  }

  private echo(bytes: readonly number[]): void {
    this.echoed.push(...bytes);
  }

  /** All echo of one input is one output, so that a character of several bytes is not cut. */
  private flushEcho(): void {
    if (this.echoed.length === 0) return;
    const bytes = Uint8Array.from(this.echoed);
    this.echoed = [];
    this.outlet.echo(bytes);
  }
}

/** How ECHOCTL shows a control character: `^C`. */
function caret(byte: number): number[] {
  return [0x5e, byte ^ 0x40];
}

function width(bytes: readonly number[]): number {
  const first = bytes[0] ?? 0;
  if (bytes.length === 1) return first < SPACE && first !== TAB ? 2 : 1;
  return WIDE.test(new TextDecoder().decode(Uint8Array.from(bytes))) ? 2 : 1;
}
