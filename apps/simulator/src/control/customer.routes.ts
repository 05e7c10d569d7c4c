import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Ledger } from '../alipay/ledger.js';
import { declineCodes } from '../alipay/results.js';
import type { ReportOutcome } from '../alipay/wallet-door.js';
import type { Settings } from '../settings.js';
import { instantText } from '../time.js';
import { providerIds } from '../wallets/providers.js';
import type { Scan, Wallet } from '../wallets/wallet.js';
import { parseBody, problem } from './requests.js';

const target = z.object({
  code: z.string().max(2_048).optional(),
  paymentRequestId: z.string().max(64).optional(),
  orderId: z.string().max(64).optional(),
});
const customer = target.extend({ wallet: z.enum(providerIds).optional() });
const refusal = target.extend({ resultCode: z.enum(declineCodes).optional() });

/** A script in the place of the customer: scans, confirms and declines through a wallet, as a person at the page does. */
export function customerRoutes(ledger: Ledger, wallets: readonly Wallet[], settings: Settings) {
  const walletOf = (id?: string) => (wallets.find((wallet) => wallet.provider.id === id) ?? wallets[0]) as Wallet;
  return async (app: FastifyInstance): Promise<void> => {
    app.post('/control/scan', async (request, reply) => {
      const body = parseBody(customer, request, reply);
      if (!body) return reply;
      const wallet = walletOf(body.wallet);
      const scan = wallet.scan(codeOnScreen(ledger, body));
      return scan ? scanAnswer(scan, wallet) : unknownCode(reply);
    });

    app.post('/control/confirm', async (request, reply) => {
      const body = parseBody(customer, request, reply);
      return body ? outcomeAnswer(reply, walletOf(body.wallet).confirm(codeOnScreen(ledger, body))) : reply;
    });

    app.post('/control/decline', async (request, reply) => {
      const body = parseBody(refusal, request, reply);
      return body ? outcomeAnswer(reply, walletOf().decline(codeOnScreen(ledger, body), body.resultCode ?? settings.declineCode)) : reply;
    });
  };
}

/** Where a script names an order or a payment, it looks up the code that the till shows; the wallet still gets no more than that. */
function codeOnScreen(ledger: Ledger, ids: z.output<typeof target>): string {
  if (ids.code !== undefined) return ids.code;
  const payment = ids.paymentRequestId !== undefined ? ledger.findByRequestId(ids.paymentRequestId) : ledger.findByOrderId(ids.orderId ?? '');
  return payment ? ledger.code(payment) : '';
}

function scanAnswer({ order, price }: Scan, wallet: Wallet): Record<string, unknown> {
  return {
    code: order.code,
    state: order.state,
    merchant: order.merchantName,
    store: order.storeName,
    description: order.description,
    lines: order.lines,
    amount: { currency: order.currency, value: order.value },
    expiresAt: instantText(order.expiresAt),
    wallet: wallet.provider.id,
    walletAmount: { currency: price.currency, value: price.value },
    quote: price.quote ?? null,
  };
}

function outcomeAnswer(reply: FastifyReply, outcome: ReportOutcome | undefined): FastifyReply {
  if (!outcome) return unknownCode(reply);
  const { code, state, charge } = outcome.order;
  if (!outcome.isAccepted) return problem(reply, 409, { error: 'code-not-open', message: `The code is ${state}.`, code, state });
  return reply.send({ code, state, walletAmount: charge ? { currency: charge.currency, value: charge.value } : null });
}

function unknownCode(reply: FastifyReply): FastifyReply {
  return problem(reply, 404, { error: 'unknown-code', message: 'No such code was issued.' });
}
