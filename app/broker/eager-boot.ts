/** The container's boot, begun when the broker loads: whoever frames a broker will ask for it (shared/protocol/broker.ts, `boot`). */
import { WebContainer } from '@webcontainer/api';
import type { BootStage } from '../../shared/protocol/broker.ts';
import { watchBootStages } from './boot-stages.ts';
import { coep } from './host-url.ts';

/** What the app asks for. */
const WORKDIR = 'project';

export class Boot {
  readonly workdirName: string;
  readonly container: Promise<WebContainer>;
  readonly #stages: BootStage[] = [];
  #report: ((stage: BootStage) => void) | undefined;

  constructor(hostOrigin: string, workdirName = WORKDIR) {
    this.workdirName = workdirName;
    const stop = watchBootStages(hostOrigin, (stage) => this.#reached(stage));
    this.#reached('library');
    this.container = WebContainer.boot({ workdirName, forwardPreviewErrors: true, ...(coep === undefined ? {} : { coep }) }).finally(stop);
    // Whoever asks for the boot is told of its failure.
    this.container.catch(() => {});
  }

  /** Tells of the stages so far, and of those that follow. */
  follow(report: (stage: BootStage) => void): void {
    this.#report = report;
    this.#stages.forEach(report);
  }

  #reached(stage: BootStage): void {
    this.#stages.push(stage);
    this.#report?.(stage);
  }
}
