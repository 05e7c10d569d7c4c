import { faultKinds, faultOperations, placesOf } from '../faults/fault.js';
import { reportsOfDefect } from '../faults/file-defect.js';

/** What `GET /control` answers. */
export const CONTROL_HELP = `Control surface of the Alipay simulator. Bodies and answers are JSON.
A code is named by {"code"} (QR text or digits), {"paymentRequestId"} or {"orderId"} (referenceOrderId; its latest payment).

POST /control/scan       {code…, wallet?}               what the wallet's customer sees; changes nothing
POST /control/confirm    {code…, wallet?}               the customer confirms      409 if the code is not open
POST /control/decline    {code…, resultCode?}           the payment fails          409 if the code is not open
POST /control/close-day  {date?: "2026-10-10", seed?: n, defects?: [{kind, report?, customerId?, nth?}]}
                                                        writes the day's files, books what follows in the next day
GET  /control/files/<remote path>                       a written file
GET  /control/ledger?cursor=0&limit=1000&client=        payments in order of issue; "next" is the next cursor or null
GET  /control/stats                                     counts, clock, open day
GET  /control/exchanges                                 calls by result and fault, notifications, calls that met an outage
GET  /control/accounts
POST /control/accounts/<client id>  {multipleRefunds?, partialRefunds?, hasBalance?: bool, refundWindowDays?: n}
POST /control/accounts/<client id>/files  {generation?: "A"|"B"|"C", unit?: "minor"|"major", rowsPerFile?: n, settlement?: {feeRate?, feeFixed?, feeOnRefund?}|null}
GET  /control/settings
POST /control/settings   {confirmAfterMs?: n|null, asyncRefundMs?: n, declineCode?: "…"}
                                                        until the simulator stops
GET, PUT, DELETE  /control/faults  {seed?, rules: [{operation, nth? | every? | share?, times?, paymentRequestId?, fault}]}
                                   or {seed, rate?, operations?, kinds?}
GET, POST, DELETE /control/outage  {mode: "refuse" | "black-hole" | "http-5xx", seconds?, status?}
GET  /health/live, /health/ready

Wallets: alipay-cn (CNY), kakaopay (KRW), gcash (PHP).
Decline codes: USER_BALANCE_NOT_ENOUGH, USER_AMOUNT_EXCEED_LIMIT, USER_STATUS_ABNORMAL, USER_NOT_EXIST, USER_KYC_NOT_QUALIFIED,
USER_PAYMENT_VERIFICATION_FAILED, RISK_REJECT, PROCESS_FAIL.

Operations of faults: ${faultOperations.join(', ')}.
Faults, by name or as {"kind": name, particulars}:
${faultKinds.map((kind) => `  ${kind.padEnd(20)} ${placesOf[kind].length === faultOperations.length ? 'all' : placesOf[kind].join(', ')}`).join('\n')}

Defects of files, by name or as {"kind": name, particulars}:
${Object.entries(reportsOfDefect).map(([kind, places]) => `  ${kind.padEnd(20)} ${places.join(', ')}`).join('\n')}
`;
