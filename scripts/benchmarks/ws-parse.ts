/*
 * The least that a Node program can do with the stream: ws and JSON.parse, and nothing with what comes out.
 *   node dist-bench/scripts/benchmarks/ws-parse.js URL
 */
import { WebSocket } from 'ws';

const socket = new WebSocket(process.argv[2]!, { perMessageDeflate: false });
let events = 0;

const say = (message: object) => socket.send(JSON.stringify(message));
socket.on('open', () => say({ action: 'auth', params: 'demo' }));
socket.once('message', () => say({ action: 'subscribe', params: 'A.*,AM.*' }));
socket.on('message', (frame: Buffer) => {
  events += (JSON.parse(frame.toString()) as unknown[]).length;
});
process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ events })}\n`, () => process.exit(0));
});
