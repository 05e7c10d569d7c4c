import type { FastifyInstance } from 'fastify';
import { toBuffer } from 'qrcode';
import type { Ledger } from './ledger.js';

/** Width in pixels of the three pictures that come with a code. */
const WIDTHS = { s: 160, m: 280, b: 480 } as const;

/** The pictures that an order code form points to, for tills that cannot draw a QR code themselves. */
export function qrImages(ledger: Ledger, publicUrl: string) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { code: string; size: keyof typeof WIDTHS } }>('/qr/:code(^28\\d+)_:size(^[smb]$).png', async (request, reply) => {
      const { code, size } = request.params;
      if (!ledger.findByCode(code)) return reply.code(404).send({ error: 'unknown-code', message: 'No such code was issued.' });
      const png = await toBuffer(`${publicUrl}/${code}`, { width: WIDTHS[size], margin: 2, errorCorrectionLevel: 'M' });
      return reply.type('image/png').header('cache-control', 'public, max-age=3600').send(png);
    });
  };
}
