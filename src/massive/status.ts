/** A status event as it stands in a frame: `{"ev":"status","status":...,"message":...}`. */
export interface StatusEvent {
  readonly status: string;
  readonly message: string;
}
