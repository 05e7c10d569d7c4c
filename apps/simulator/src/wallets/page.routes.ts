import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../settings.js';
import type { BusinessClock } from '../time.js';
import { chosenProvider, walletPage } from './page.js';
import { findProvider } from './providers.js';
import type { Wallet } from './wallet.js';

const MAX_FORM_BYTES = 4_096;
const A_YEAR_S = 31_536_000;
/** The page loads nothing and may only be sent back here. */
const SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

type CodeRequest = FastifyRequest<{ Params: { code: string } }>;

/** The page behind the QR code: `GET /28…` shows the order, the two forms on it confirm or decline. */
export function walletPages(wallets: readonly Wallet[], clock: BusinessClock, settings: Settings) {
  const walletOf = (id: string | undefined): Wallet => {
    const { id: chosen } = chosenProvider(id);
    return wallets.find((wallet) => wallet.provider.id === chosen) as Wallet;
  };
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_FORM_BYTES }, (_request, body, done) => done(null, body));

    app.get<{ Params: { code: string }; Querystring: { wallet?: string } }>('/:code(^28\\d+$)', async (request, reply) => {
      const asked = findProvider(request.query.wallet)?.id;
      const wallet = walletOf(asked ?? rememberedWallet(request));
      if (asked !== undefined) remember(reply, asked);
      const scan = wallet.scan(request.params.code);
      return reply
        .code(scan ? 200 : 404)
        .headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': SECURITY_POLICY, 'referrer-policy': 'no-referrer' })
        .send(walletPage({ scan, provider: wallet.provider, now: clock.now() }));
    });

    app.post('/:code(^28\\d+$)/confirm', async (request: CodeRequest, reply) => {
      const wallet = walletOf(formWallet(request));
      wallet.confirm(request.params.code);
      remember(reply, wallet.provider.id);
      return backToPage(request, reply);
    });

    app.post('/:code(^28\\d+$)/decline', async (request: CodeRequest, reply) => {
      walletOf(formWallet(request)).decline(request.params.code, settings.declineCode);
      return backToPage(request, reply);
    });
  };
}

/** The page says what came of it, also to those who were too late; reloading it does not send the form again. */
function backToPage(request: CodeRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(`../${request.params.code}`, 303);
}

function formWallet(request: FastifyRequest): string | undefined {
  return new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('wallet') ?? undefined;
}

function rememberedWallet(request: FastifyRequest): string | undefined {
  return /(?:^|;\s*)wallet=([a-z-]+)/.exec(request.headers.cookie ?? '')?.[1];
}

function remember(reply: FastifyReply, providerId: string): void {
  reply.header('set-cookie', `wallet=${providerId}; Path=/; Max-Age=${A_YEAR_S}; SameSite=Lax; HttpOnly`);
}
