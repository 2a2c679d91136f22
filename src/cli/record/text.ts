import type { RecordingInfo } from '../../massive/recording/recording.ts';

/** What was recorded, in lines for people. */
export function recordedLines(directory: string, info: RecordingInfo): string[] {
  const { market, address, startedMs, endedMs, ended, files, missing } = info;
  return [
    `${market} from ${address}, ${Math.round((endedMs - startedMs) / 1000)} s, ended by: ${ended}`,
    ...files.map(({ key, sizeBytes }) => `the beginning of ${key} (${sizeBytes} bytes)`),
    ...missing.map(what => `not recorded: ${what}`),
    `compare it: massive-kdb verify ${directory}`,
  ];
}
