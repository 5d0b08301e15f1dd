"""How the page looks and what its columns do when pressed: all of it in the page itself."""

from typing import Final

STYLE: Final = """
:root{--ink:#1d2226;--faint:#59636b;--rule:#d9dde1;--paper:#fff;--bar:#0072b2;--bar2:#56b4e9;--bar3:#009e73;--no:#e69f00}
@media (prefers-color-scheme:dark){:root{--ink:#f1f3f5;--faint:#b4bcc4;--rule:#3d444b;--paper:#16191c;--bar:#56b4e9;
--bar2:#0072b2;--bar3:#00b386;--no:#e69f00}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:64rem;background:var(--paper);color:var(--ink);
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.3rem 0}.faint{color:var(--faint)}
form{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin:1rem 0;padding:.8rem;border:1px solid var(--rule);border-radius:.5rem}
label{display:flex;flex-direction:column;font-size:.85rem;color:var(--faint);flex:1 1 9rem;min-width:0}
input,select,button{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--faint);border-radius:.35rem;
padding:.45rem .6rem;min-height:2.75rem;width:100%}
form button{flex:0 0 auto;width:auto;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid var(--bar);outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.6rem;padding:0;list-style:none;margin:.5rem 0}
.tiles li{border:1px solid var(--rule);border-radius:.5rem;padding:.6rem .8rem}
.tiles b{display:block;font-size:1.35rem;overflow-wrap:anywhere}.tiles span{display:block;font-size:.85rem;color:var(--faint)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--faint);font-size:.85rem;padding-bottom:.3rem}
th,td{text-align:left;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
th:first-child,td:first-child{min-width:9rem;max-width:22rem}td:first-child{overflow-wrap:anywhere}
th{hyphens:none}th.n{white-space:normal}td:last-child{min-width:6rem}
.n{text-align:right;white-space:nowrap}
thead button{all:unset;cursor:pointer;font-weight:600;min-height:1.6rem}
thead button:focus-visible{outline:3px solid var(--bar)}
th[aria-sort=ascending] button::after{content:" \\2191"/""}th[aria-sort=descending] button::after{content:" \\2193"/""}
.bars{display:block;min-width:8rem;width:100%;height:2.1rem}
.one{fill:var(--bar2)}.two{fill:var(--bar)}.three{fill:var(--bar3)}
.note{border-left:4px solid var(--no);padding:.3rem .8rem;margin:.6rem 0}
@media(min-width:30rem){.tiles{grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr))}}
@media print{:root{--ink:#000;--faint:#444;--rule:#bbb;--paper:#fff;--bar:#0072b2;--bar2:#56b4e9;--bar3:#009e73}
form{display:none}body{max-width:none;padding:0;font-size:11pt}.wide{overflow:visible}
tr,.tiles li{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
# Pressing the head of a column sorts by it; without a script the rows stand with most leads first.
SCRIPT: Final = """
for(const table of document.querySelectorAll("table[data-sorts]")){
const body=table.tBodies[0];
table.querySelectorAll("thead th").forEach((head,at)=>{
const button=head.querySelector("button");if(!button)return;
button.addEventListener("click",()=>{
const down=head.getAttribute("aria-sort")!=="descending";
table.querySelectorAll("thead th").forEach(each=>each.removeAttribute("aria-sort"));
head.setAttribute("aria-sort",down?"descending":"ascending");
const told=row=>row.cells[at].dataset.value??row.cells[at].textContent;
const rows=[...body.rows].sort((a,b)=>{const x=told(a),y=told(b);
const order=isNaN(x)||isNaN(y)?String(x).localeCompare(String(y)):x-y;return down?-order:order});
body.append(...rows)})})}
"""
