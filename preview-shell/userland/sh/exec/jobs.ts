/** What runs in the background. */
export interface Job {
  readonly id: number;
  pid: number | undefined;
  readonly source: string;
  readonly ended: Promise<number>;
  status: number | undefined;
}

export class Jobs {
  readonly #jobs = new Map<number, Job>();
  #next = 1;
  /** Told when the trap for a signal has changed. */
  onTrap: ((signal: string) => void) | undefined;

  add(source: string, ended: Promise<number>): Job {
    const job: Job = { id: this.#next++, pid: undefined, source, ended, status: undefined };
    this.#jobs.set(job.id, job);
    void ended.then((status) => { job.status = status; });
    return job;
  }

  list(): Job[] {
    return [...this.#jobs.values()];
  }

  /** `%n`, `%%`, a process id, or a job's number as `$!` gave it. */
  find(text: string): Job | undefined {
    if (text === '%%' || text === '%+' || text === '%') return this.list().at(-1);
    if (text.startsWith('%')) return this.#jobs.get(Number(text.slice(1)));
    return this.list().find(({ pid, id }) => String(pid) === text || (pid === undefined && String(id) === text));
  }

  remove(job: Job): void {
    this.#jobs.delete(job.id);
  }
}
