import { expect } from 'chai';
import { decodeMessage, encodeMessage, type FunctionReader } from '../../../../src/q-engine/codec/index.ts';
import type { Connection } from '../../../../src/q-engine/server/connection.ts';
import { Sender } from '../../../../src/q-engine/server/sender.ts';
import type { SocketThread } from '../../../../src/q-engine/server/socket-thread.ts';
import type { Command } from '../../../../src/q-engine/server/thread-protocol.ts';
import { Traffic } from '../../../../src/q-engine/server/traffic.ts';
import * as make from '../../../../src/q-engine/values/make.ts';

const functions: FunctionReader = { lambda: source => make.string(source), primitive: () => undefined };

function connection(local: boolean, capability: number): Connection {
  return {
    kind: 'connection',
    id: 1,
    handle: 3,
    user: 'me',
    peer: { address: 0, local },
    capability,
    traffic: new Traffic(),
    state: 'open',
    deferredAnswers: 0,
  };
}

describe('server - sending', () => {
  const value = make.longs(new BigInt64Array(1000).fill(7n));
  let sent: Command[];
  let sender: Sender;

  beforeEach(() => {
    sent = [];
    const thread = { send: (command: Command) => sent.push(command) } as unknown as SocketThread;
    sender = new Sender(
      thread,
      () => {},
      () => {},
    );
  });

  it('only peers on other machines that can read them get compressed messages', () => {
    const isCompressed = (to: Connection): boolean => {
      sender.send(to, encodeMessage(value, 0));
      const command = sent.at(-1)!;
      if (command.kind !== 'send') throw new Error('nothing was sent');
      expect(decodeMessage(command.message, functions)).to.deep.equal({ kind: 0, value });
      return command.message[2] === 1;
    };
    expect(isCompressed(connection(false, 3))).to.equal(true);
    expect(isCompressed(connection(false, 1))).to.equal(true);
    expect(isCompressed(connection(false, 0))).to.equal(false);
    expect(isCompressed(connection(true, 3))).to.equal(false);
  });
});
