import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

const { Spec } = Mocha.reporters;

/**
 * The spec reporter, closed by one line `N passed, N failed[, N skipped]`. With MOCHA_CLOSING_LINE set to a file,
 * the line goes there instead, for a caller that has more to print before it.
 */
export default class ClosingLineReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      const line = `${passes} passed, ${failures} failed${skipped}\n`;
      const file = process.env.MOCHA_CLOSING_LINE;
      if (file) writeFileSync(file, line);
      else process.stdout.write(line);
    });
  }
}
