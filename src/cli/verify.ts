import { ExitCode } from '../base/exit-codes.ts';
import { RecordingError, readRecording } from '../massive/recording/recording.ts';
import { type VerifyReport, verifyRecording } from '../massive/recording/verify.ts';
import { defineCommand } from './command.ts';
import { simulatedRecording } from './verify/simulated.ts';
import { verifyLines } from './verify/text.ts';

/** `massive-kdb verify` */
export const verify = defineCommand({
  arguments: {
    directory: { type: 'string', demandOption: true, describe: 'what massive-kdb record has written' },
  },
  flags: {
    json: { type: 'boolean', default: false, describe: 'print the report as JSON' },
  },
  examples: [
    ['verify recording', 'What differs from the simulator and from what the readers take'],
    ['verify recording --json', 'The same for programs; ends with 2 where something differs'],
  ],
  endings: {
    [ExitCode.ok]: 'no difference',
    [ExitCode.different]: 'something differs; each difference is told with an example',
    [ExitCode.io]: 'it is no recording, or nothing is in it',
  },
  async run({ directory, json }, { stdout, stop }) {
    const recorded = readRecording(directory);
    const simulated = await simulatedRecording(recorded.info, new URL(recorded.info.address).pathname, stop);
    let report: VerifyReport;
    try {
      report = await verifyRecording(recorded, simulated.recording);
    } finally {
      await simulated.remove();
    }
    if (stop.aborted) return ExitCode.interrupted;
    if (json) stdout.write(`${JSON.stringify(report)}\n`);
    else for (const line of verifyLines(report)) stdout.write(`${line}\n`);
    if (report.frames + report.answers + report.files === 0) {
      throw new RecordingError(`${directory} holds nothing that could be compared`, 'Record anew.');
    }
    return report.differences.length > 0 ? ExitCode.different : ExitCode.ok;
  },
});
