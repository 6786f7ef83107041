import { native } from '../natives.ts';

/** Something in a script of its own, loaded when it is first used: it brings a parser, which few threads need and which is as large as all the rest. */
export class LateScript<T extends object> {
  readonly #what: string;
  readonly #name: string;
  #address: string | undefined;
  #loaded: T | undefined;

  /** @param what it is, for people. @param name under which the script leaves it in the global scope */
  constructor(what: string, name: string) {
    this.#what = what;
    this.#name = name;
  }

  setAddress(address: string): void {
    this.#address = address;
  }

  /** @throws {Error} when there is no such script */
  get(): T {
    return (this.#loaded ??= this.#load());
  }

  #load(): T {
    if (this.#address === undefined) throw new Error(`No script of the ${this.#what} was named to this thread.`);
    native.importScripts(this.#address);
    const holder = globalThis as unknown as Record<string, T | undefined>;
    const left = holder[this.#name];
    if (left === undefined) throw new Error(`The script of the ${this.#what} did not load.`);
    delete holder[this.#name];
    return left;
  }
}
