import type { PaymentStatus } from './payment.js';

/** Every way from one state to another; the specification walks the decisions and finds exactly these. */
export const transitions: readonly (readonly [from: PaymentStatus | '(none)', to: PaymentStatus, by: string])[] = [
  ['(none)', 'requested', 'request'],
  ['requested', 'unknown', 'pay-unknown'],
  ['requested', 'unknown', 'pay-misconfigured'],
  ['requested', 'unknown', 'pay-refused'],
  ['requested', 'code-issued', 'code-issued'],
  ['requested', 'succeeded', 'reported success'],
  ['requested', 'failed', 'pay-refused'],
  ['requested', 'failed', 'pay-misconfigured'],
  ['requested', 'failed', 'reported failed'],
  ['requested', 'expired', 'too-late'],
  ['requested', 'expired', 'reported failed'],
  ['requested', 'cancelling', 'close'],
  ['requested', 'cancelling', "operator's close"],
  ['requested', 'cancelling', "operator's give-back"],
  ['requested', 'cancelled', 'close'],
  ['requested', 'cancelled', "operator's close"],
  ['requested', 'cancelled', "operator's give-back"],
  ['requested', 'cancelled', 'reported cancelled'],
  ['requested', 'cancelled', 'reported not-found'],
  ['unknown', 'requested', 'pay-sent'],
  ['unknown', 'code-issued', 'code-issued'],
  ['unknown', 'succeeded', 'reported success'],
  ['unknown', 'failed', 'reported failed'],
  ['unknown', 'expired', 'reported failed'],
  ['unknown', 'cancelling', 'close'],
  ['unknown', 'cancelling', "operator's close"],
  ['unknown', 'cancelling', "operator's give-back"],
  ['unknown', 'cancelled', 'reported cancelled'],
  ['unknown', 'cancelled', 'reported not-found'],
  ['code-issued', 'succeeded', 'reported success'],
  ['code-issued', 'failed', 'reported failed'],
  ['code-issued', 'expired', 'reported failed'],
  ['code-issued', 'cancelling', 'close'],
  ['code-issued', 'cancelling', "operator's close"],
  ['code-issued', 'cancelling', "operator's give-back"],
  ['code-issued', 'cancelled', 'reported cancelled'],
  ['cancelling', 'succeeded', 'reported success'],
  ['cancelling', 'succeeded', 'cancel window-over'],
  ['cancelling', 'failed', 'pay-refused'],
  ['cancelling', 'expired', 'cancel confirmed'],
  ['cancelling', 'expired', 'cancel not-found'],
  ['cancelling', 'expired', 'reported cancelled'],
  ['cancelling', 'expired', 'reported failed'],
  ['cancelling', 'expired', 'reported not-found'],
  ['cancelling', 'cancelled', 'cancel confirmed'],
  ['cancelling', 'cancelled', 'cancel not-found'],
  ['cancelling', 'cancelled', 'cancel window-over'],
  ['cancelling', 'cancelled', 'reported cancelled'],
  ['cancelling', 'cancelled', 'reported failed'],
  ['cancelling', 'cancelled', 'reported not-found'],
];

/** Mermaid source, as the README shows it. */
export function stateDiagram(): string {
  const arrows = new Map<string, string[]>();
  for (const [from, to, by] of transitions) {
    const arrow = `${from === '(none)' ? '[*]' : name(from)} --> ${name(to)}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), by]);
  }
  return ['stateDiagram-v2', ...[...arrows].map(([arrow, by]) => `    ${arrow}: ${by.join(', ')}`)].join('\n');
}

function name(status: PaymentStatus): string {
  return status.replaceAll('-', '_');
}
