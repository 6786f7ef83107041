import { TerrariumError } from '../../shared/errors/error.ts';
import type { LinkStream, Outlet, StreamAnswer } from './stream.ts';

/** One question with one answer and no bytes. */
export class QuestionStream implements LinkStream {
  readonly answer: Promise<StreamAnswer>;
  readonly allowance = 0;
  private readonly outlet: Outlet;
  private readonly name: string;
  private readonly settled = Promise.withResolvers<StreamAnswer>();

  constructor(outlet: Outlet, name: string) {
    this.outlet = outlet;
    this.name = name;
    this.answer = this.settled.promise;
    this.answer.catch(() => {});
  }

  receive(message: StreamAnswer): void {
    if (message.t === 'failed') this.settled.reject(TerrariumError.of('E-TERRARIUM-1328', { name: this.name, problem: message.message }));
    else this.settled.resolve(message);
    this.outlet.ended();
  }

  data(): void {}

  fail(error: TerrariumError): void {
    this.settled.reject(error);
    this.outlet.ended();
  }

  giveUp(reason: unknown): void {
    this.outlet.send({ t: 'cancel', id: this.outlet.id });
    this.settled.reject(reason);
    this.outlet.ended();
  }
}
