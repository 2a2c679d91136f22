const INITIAL_BYTES = 64 * 1024;

/** How far behind a frame the readers may look without asking. */
const LOOK_AHEAD = 16;

/**
 * The frame under the scanner, copied into one buffer that outlives it. The frame ends with a NUL, which JSON has
 * nowhere, so every reader stops there by itself; and the views are made once, not once per frame. What a longer
 * frame left behind the NUL is never reached.
 */
export class FrameBytes {
  bytes!: Uint8Array;
  /** The same bytes as unaligned words. */
  view!: DataView;
  length = 0;

  constructor() {
    this.#allocate(INITIAL_BYTES);
  }

  load(frame: Uint8Array): void {
    if (frame.length + LOOK_AHEAD > this.bytes.length) this.#allocate((frame.length + LOOK_AHEAD) * 2);
    this.bytes.set(frame);
    this.bytes[frame.length] = 0;
    this.length = frame.length;
  }

  #allocate(byteCount: number): void {
    this.bytes = new Uint8Array(byteCount);
    this.view = new DataView(this.bytes.buffer);
  }
}
