/** Assignment to locals and globals: plain, indexed and through an operator. */
import type { AssignNode, Node } from '../language/nodes.ts';
import { appendTo } from '../primitives/tables.ts';
import type { Value } from '../values/value.ts';
import { NULL, QError } from '../values/value.ts';
import { amendAt, REPLACE, replaceItem } from './amend.ts';
import { amendPosition, withItem, withItemsAdded } from './amend-one.ts';
import { indexOnce } from './indexing.ts';
import type { Frame, Interpreter } from './interpreter.ts';

/** Evaluates an assignment; its value is what was on the right. */
export function assign(node: AssignNode, frame: Frame, interpreter: Interpreter): Value {
  const y = interpreter.evaluate(node.value, frame);
  interpreter.calls.position = node.at;
  if (node.indices === undefined && node.operator === undefined) {
    store(node, y, frame, interpreter);
    return y;
  }
  const operator = node.operator === undefined ? undefined : interpreter.evaluate(node.operator, frame);
  const change =
    operator === undefined || isPlainAssign(operator)
      ? REPLACE
      : (old: Value, part: Value | undefined) => interpreter.apply(operator, [old, part!]);
  const path = node.indices === undefined ? [] : interpreter.evaluateArgs(node.indices, frame);
  interpreter.calls.position = node.at;
  const [index] = path;
  if (index !== undefined && path.length === 1) {
    const held = interpreter.peek(node.target, frame);
    const position = amendPosition(held, index);
    if (position >= 0) {
      const item = change === REPLACE ? y : change(indexOnce(held, index), y);
      store(node, withItem(held, position, item) ?? replaceItem(held, index, item), frame, interpreter);
      return item;
    }
  }
  if (operator?.kind === 'primitive' && operator.name === ',' && node.indices === undefined) {
    const held = interpreter.peek(node.target, frame);
    store(node, withItemsAdded(held, y) ?? appendTo(held, y, interpreter), frame, interpreter);
    return NULL;
  }
  const old = interpreter.lookUp(node.target, frame);
  const changed = amendAt(old, path, change, y);
  store(node, changed, frame, interpreter);
  if (node.indices === undefined) return changed;
  return operator === undefined ? y : interpreter.apply(changed, path);
}

/** Sets a name, or a name with indices, to a value at hand. Signals 'assign for any other target. */
export function storeAssigned(target: Node, value: Value, frame: Frame, interpreter: Interpreter): void {
  if (target.kind === 'name') {
    store({ target }, value, frame, interpreter);
    return;
  }
  if (target.kind !== 'apply' || target.target.kind !== 'name') throw new QError('assign');
  const old = interpreter.lookUp(target.target, frame);
  const path = interpreter.evaluateArgs(target.args, frame);
  store({ target: target.target }, amendAt(old, path, REPLACE, value), frame, interpreter);
}

function isPlainAssign(operator: Value): boolean {
  return operator.kind === 'primitive' && operator.name === ':';
}

function store(node: Pick<AssignNode, 'target'>, value: Value, frame: Frame, interpreter: Interpreter): void {
  const { slot, name } = node.target;
  if (slot >= 0) {
    frame.slots[slot] = value;
    return;
  }
  if (value.kind === 'null' && value.elided) throw new QError('type');
  interpreter.setVariable(name, value, frame.namespace);
}
