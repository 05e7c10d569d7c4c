/** The wallet page's whole style sheet: nothing is loaded from elsewhere, a phone in a shop may have no other network. */
export const PAGE_STYLE = `
:root{--ink:#14181f;--muted:#5d6675;--line:#e6e9ee;--ground:#f3f5f8;--card:#fff;--good:#0a7d3f;--bad:#b3261e;color-scheme:light}
*{box-sizing:border-box}
html,body{margin:0;min-height:100%}
body{background:var(--ground);color:var(--ink);font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
.phone{max-width:430px;min-height:100vh;min-height:100dvh;margin:0 auto;display:flex;flex-direction:column}
header{background:var(--brand);color:var(--on-brand);padding:16px 20px 84px;display:flex;align-items:center;justify-content:space-between;border-radius:0 0 28px 28px}
header strong{font-size:19px;letter-spacing:-.01em}
header span{font-size:13px}
main{flex:1;margin-top:-64px;padding:0 16px 20px;display:flex;flex-direction:column;gap:12px}
.card{background:var(--card);border-radius:20px;padding:20px;box-shadow:0 1px 2px #0b12200d,0 8px 24px #0b12200f}
.seller{display:flex;align-items:center;gap:12px}
.avatar{flex:none;width:44px;height:44px;border-radius:14px;background:var(--brand);color:var(--on-brand);display:grid;place-items:center;font-weight:700;font-size:19px}
.seller div{min-width:0}
h1{font-size:17px;line-height:1.25;margin:0;overflow-wrap:anywhere}
#store{color:var(--muted);font-size:14px;margin:2px 0 0;overflow-wrap:anywhere}
.price{text-align:center;padding:26px 0 6px}
#amount{font-size:min(42px,calc((min(100vw,430px) - 72px)/(var(--characters)*.68)));line-height:1.1;font-weight:750;letter-spacing:-.03em;margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
#wallet-amount{margin:8px 0 0;font-size:17px;font-weight:600;font-variant-numeric:tabular-nums}
.rate{margin:2px 0 0;color:var(--muted);font-size:13px;font-variant-numeric:tabular-nums}
h2{font-size:13px;font-weight:600;color:var(--muted);margin:0 0 10px}
#description{margin:0;overflow-wrap:anywhere}
ul{list-style:none;margin:10px 0 0;padding:10px 0 0;border-top:1px solid var(--line)}
li{display:flex;justify-content:space-between;gap:16px;padding:4px 0;overflow-wrap:anywhere}
li span{color:var(--muted);flex:none;font-variant-numeric:tabular-nums}
nav{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}
nav a{display:block;text-align:center;padding:10px 4px 9px;border:1.5px solid var(--line);border-radius:14px;color:var(--ink);text-decoration:none;font-size:14px;font-weight:600}
nav a small{display:block;color:var(--muted);font-size:12px;font-weight:500}
nav a[aria-current]{border-color:var(--ink);box-shadow:inset 0 0 0 .5px var(--ink);background:#f7f8fa}
.actions{margin-top:auto;padding-top:8px;display:grid;gap:4px}
form{margin:0}
button{width:100%;border:0;border-radius:16px;padding:16px;font:inherit;font-weight:700;font-size:17px;cursor:pointer}
#confirm{background:var(--brand);color:var(--on-brand)}
#confirm:active{filter:brightness(.94)}
#decline{background:none;color:var(--muted);font-weight:600;font-size:15px;padding:13px}
a:focus-visible,button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
#state{margin:0;text-align:center;color:var(--muted);font-size:13px}
.outcome{text-align:center;padding:4px 0 0}
.outcome svg{width:72px;height:72px;display:block;margin:0 auto 12px}
.outcome #state{font-size:22px;font-weight:700;letter-spacing:-.01em;color:var(--ink)}
.outcome #state[data-state=paid]{color:var(--good)}
.outcome #state[data-state=declined]{color:var(--bad)}
.outcome p{margin:4px 0 0;color:var(--muted);overflow-wrap:anywhere}
.outcome+.seller{margin-top:22px;padding-top:20px;border-top:1px solid var(--line)}
footer{padding:0 20px 20px;text-align:center;color:var(--muted);font-size:12px}
`;
