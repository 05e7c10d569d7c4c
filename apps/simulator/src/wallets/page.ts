import type { Charge } from '../alipay/payment.js';
import type { CodeState } from '../alipay/wallet-door.js';
import { moneyText } from './money-text.js';
import { PAGE_STYLE } from './page-style.js';
import { findProvider, providers, type Provider } from './providers.js';
import type { Scan } from './wallet.js';

export interface PageView {
  /** Nothing for a code that was never issued. */
  readonly scan: Scan | undefined;
  readonly provider: Provider;
  /** Business time in epoch milliseconds. */
  readonly now: number;
}

/** What a phone shows after scanning. Plain forms, no script: closing the page changes nothing. */
export function walletPage({ scan, provider, now }: PageView): string {
  const title = scan === undefined ? 'Unknown code' : `Pay ${scan.order.merchantName}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<meta name="theme-color" content="${provider.colour}"><title>${escape(title)}</title>
<style>:root{--brand:${provider.colour};--on-brand:${provider.textColour}}${PAGE_STYLE}</style></head>
<body><div class="phone">
<header><strong>${escape(provider.name)}</strong><span>${escape(provider.customer)}</span></header>
<main>${content({ scan, provider, now })}</main>
<footer>Simulated wallet: no money moves.</footer>
</div></body></html>`;
}

function content({ scan, provider, now }: PageView): string {
  if (!scan) return unknownCode();
  const { state } = scan.order;
  return state === 'open' ? openOrder(scan, provider, now) : endedOrder(scan, state);
}

function openOrder(scan: Scan, provider: Provider, now: number): string {
  const { order } = scan;
  const lines = order.lines.map((line) => `<li>${escape(line.name)}<span>× ${escape(line.quantity)}</span></li>`).join('');
  return `<section class="card" aria-label="Payment">${seller(scan)}${price(scan)}</section>
<section class="card"><h2>Your order</h2><p id="description">${escape(order.description)}</p>${lines && `<ul id="lines">${lines}</ul>`}</section>
<section class="card"><h2 id="pay-with">Pay with</h2><nav aria-labelledby="pay-with">${walletChoice(provider)}</nav></section>
<div class="actions"><p id="state" data-state="open" role="status">${escape(timeLeft(order.expiresAt - now))}</p>
${action(order.code, provider, 'confirm', `Confirm ${moneyText(scan.price.currency, scan.price.value)}`)}
${action(order.code, provider, 'decline', 'Decline')}</div>`;
}

function endedOrder(scan: Scan, state: Exclude<CodeState, 'open'>): string {
  const { order } = scan;
  const { heading, text, icon } = ENDED[state];
  return `<section class="card"><div class="outcome">${icon}<p id="state" data-state="${state}" role="status">${heading}</p><p>${text}</p></div>
${seller(scan)}${state === 'paid' ? price(scan) : ''}</section>
<section class="card"><h2>Your order</h2><p id="description">${escape(order.description)}</p></section>`;
}

function unknownCode(): string {
  return `<section class="card"><div class="outcome">${icon('#5d6675', '<path d="M28 28a8 8 0 1 1 11 7.4c-2 .9-3 2.3-3 4.6v1M36 49v.5"/>')}
<p id="state" data-state="unknown" role="status">Unknown code</p><p>No order belongs to this code. Ask the cashier for a new one.</p></div></section>`;
}

function seller({ order }: Scan): string {
  const initial = [...order.merchantName.trim()][0]?.toUpperCase() ?? '?';
  return `<div class="seller"><span class="avatar" aria-hidden="true">${escape(initial)}</span>
<div><h1 id="merchant">${escape(order.merchantName)}</h1><p id="store">${escape(order.storeName)}</p></div></div>`;
}

/** The merchant's amount, and what it costs in the currency of the wallet (of the one that paid, once paid). */
function price({ order, price: preview }: Scan): string {
  const { currency, value, quote } = order.charge ?? preview;
  const charged = moneyText(currency, value);
  const asked = moneyText(order.currency, order.value);
  const notes = [order.charge && `with ${walletName(order.charge)}`, quote && `1 ${order.currency} = ${rateText(quote.price)} ${currency}`];
  return `<div class="price"><p id="amount" style="--characters:${asked.length}">${escape(asked)}</p>
<p id="wallet-amount">${order.charge ? 'You paid' : 'You pay'} ${escape(charged)}</p>
<p class="rate">${escape(notes.filter((note) => note !== undefined).join(' · '))}</p></div>`;
}

function walletChoice(chosen: Provider): string {
  return providers
    .map(({ id, name, currency }) => `<a href="?wallet=${id}"${id === chosen.id ? ' aria-current="true"' : ''}>${escape(name)}<small>${currency}</small></a>`)
    .join('');
}

function action(code: string, provider: Provider, name: 'confirm' | 'decline', label: string): string {
  return `<form method="post" action="${code}/${name}"><input type="hidden" name="wallet" value="${provider.id}"><button id="${name}">${escape(label)}</button></form>`;
}

function walletName({ wallet }: Charge): string {
  return providers.find((provider) => provider.identity.pspName === wallet.pspName)?.name ?? wallet.pspName;
}

/** Nobody reads eight decimals; what was charged is exact all the same. */
function rateText(price: string): string {
  return Number(price).toLocaleString('en', { maximumSignificantDigits: 6 });
}

const ENDED: Record<Exclude<CodeState, 'open'>, { heading: string; text: string; icon: string }> = {
  paid: { heading: 'Paid', text: 'Thank you. You can close this page.', icon: icon('#0a7d3f', '<path d="M24 37l8.5 8.5L49 28"/>') },
  declined: { heading: 'Not paid', text: 'The payment was declined. No money was taken.', icon: icon('#b3261e', '<path d="M27 27l18 18M45 27L27 45"/>') },
  expired: { heading: 'Code expired', text: 'Ask the cashier for a new code.', icon: icon('#5d6675', '<path d="M36 24v13l8 5"/>') },
  cancelled: { heading: 'Cancelled', text: 'The shop has cancelled this payment.', icon: icon('#5d6675', '<path d="M26 36h20"/>') },
};

function icon(colour: string, path: string): string {
  return `<svg viewBox="0 0 72 72" fill="none" stroke="${colour}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="36" cy="36" r="32" fill="${colour}" fill-opacity=".08"/>${path}</svg>`;
}

function timeLeft(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes <= 1 ? 'This code is valid for less than a minute.' : `This code is valid for another ${minutes} minutes.`;
}

/** Merchants write what they like into names and descriptions. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function chosenProvider(id: string | undefined): Provider {
  return findProvider(id) ?? providers[0];
}
