import type { RejectReason } from './quarantine-sink.ts';

/** Thrown by the readers of single fields, and caught by who reads the whole: an event, a row, a bar. */
export class Rejection {
  readonly reason: RejectReason;
  readonly detail: string;

  constructor(reason: RejectReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}
