/** What the simulator says that it sent, by table. */
export type SimulatorTruth = Readonly<
  Record<string, { readonly sent: number; readonly distinct: number; readonly checksum: string }>
>;

/** The control endpoint of a running simulator. */
export class SimulatorControl {
  readonly #address: string;

  /** @param url the address of its WebSocket */
  constructor(url: string) {
    this.#address = url.replace(/^ws/, 'http');
  }

  /** Stops market time: nothing more is sent, and the truth stands still. */
  async pause(): Promise<void> {
    await this.#ask('/control/pause', 'POST');
  }

  async truth(): Promise<SimulatorTruth> {
    const { tables } = (await this.#ask('/truth', 'GET')) as { readonly tables: SimulatorTruth };
    return tables;
  }

  async #ask(path: string, method: string): Promise<unknown> {
    const response = await fetch(`${this.#address}${path}`, { method });
    if (!response.ok) throw new Error(`the simulator answers ${response.status} to ${method} ${path}`);
    return response.json();
  }
}
