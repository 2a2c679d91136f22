/** Lets a test wait until something is so, without sleeping: whoever changes anything says `changed`. */
export class Watch {
  #waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];

  /** Conditions are looked at once whatever is changing now has changed completely. */
  changed(): void {
    queueMicrotask(() => {
      const met = this.#waiting.filter(({ condition }) => condition());
      this.#waiting = this.#waiting.filter(waiting => !met.includes(waiting));
      for (const { resolve } of met) resolve();
    });
  }

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push({ condition, resolve }));
  }
}
