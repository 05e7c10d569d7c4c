/** The calls of Order Code Payment that a merchant makes. */
export const operations = ['pay', 'inquiryPayment', 'cancel', 'refund', 'inquiryRefund'] as const;
export type Operation = (typeof operations)[number];

export const PRODUCTION_BASE = '/ams/api/v1/payments/';
export const SANDBOX_BASE = '/ams/sandbox/api/v1/payments/';
const SANDBOX_CLIENT_PREFIX = 'SANDBOX_';

/** Alipay tells the sandbox by the client id, on the same hosts; the path chosen here is also the one that is signed. */
export function isSandboxClient(clientId: string): boolean {
  return clientId.startsWith(SANDBOX_CLIENT_PREFIX);
}

export function operationPath(operation: Operation, clientId: string): string {
  return (isSandboxClient(clientId) ? SANDBOX_BASE : PRODUCTION_BASE) + operation;
}
