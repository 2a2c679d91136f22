/** .h: marking up text, values as files of other formats, and HTTP responses. */

const ESCAPED_CHARACTERS =
  '{[safe] all256:"c"$til 256; all256!{[safe;x] $[x in safe;enlist x;"%",string "x"$x]}[safe]each all256}';

export const MARKUP: readonly string[] = [
  '.h.br:"<br>"',
  '.h.c0:`024C7E',
  '.h.c1:`958600',
  '.h.d:" "',
  '.h.sa:"a{text-decoration:none}a:link{color:",string[.h.c0],"}a:visited{color:",string[.h.c0],"}a:active{color:",string[.h.c1],"}"',
  '.h.sb:"body{font:10pt verdana;text-align:justify}"',
  '.h.sc:"$-.+!*\'(),",.Q.a,.Q.A,"_",.Q.n',
  '.h.HOME:"html"',
  '.h.val:value',

  // Elements: attributes are quoted when they are strings.
  '.h.hta:{[tag;attributes] "<",string[tag],(raze{[name;x] " ",string[name],"=",$[10h=abs type x;"\\"",x,"\\"";string x]}\'[key attributes;value attributes]),">"}',
  '.h.htc:{[tag;text] "<",string[tag],">",text,"</",string[tag],">"}',
  '.h.htac:{[tag;attributes;text] .h.hta[tag;attributes],text,"</",string[tag],">"}',
  '.h.ha:{[target;text] .h.htac[`a;(enlist`href)!enlist target;text]}',
  '.h.hb:{[target;text] .h.htac[`a;`target`href!(`v;target);text]}',
  '.h.nbr:{[text] .h.htc[`nobr;text]}',
  '.h.code:{[text] parts:"\\t" vs text; odd:1+2*til count[parts]div 2; " "sv @[parts;odd;{.h.htc[`code].h.nbr x}]}',
  '.h.pre:{[lines] .h.htc[`pre;raze lines,\\:"\\n"]}',
  '.h.xmp:{[lines] .h.htc[`xmp;raze lines,\\:"\\n"]}',
  '.h.text:{[lines] raze(.h.htc[`p]each lines),\\:"\\n"}',
  '.h.hr:{[text] (count text)#"-"}',
  '.h.html:{[body] .h.htc[`html].h.htc[`head;.h.htc[`style;.h.sa,.h.sb]],.h.htc[`body;body]}',
  '.h.http:{[text] " "sv{$[x like"http://*";.h.ha[x;x];x]}each" "vs text}',

  // Escapes
  '.h.hc:{[text] ssr[text;"<";"&lt;"]}',
  '.h.xs:{[text] ssr[ssr[ssr[text;"&";"&amp;"];"<";"&lt;"];">";"&gt;"]}',
  `.h.hug:${ESCAPED_CHARACTERS}`,
  '.h.hu:{[text] raze .h.hug[.h.sc]text}',
  '.h.uh:{[text] parts:"%"vs text; (first parts),raze{$[(2<=count x)&all(2#x)in .Q.n,"abcdefABCDEF";("c"$"X"$2#x),2_x;"%",x]}each 1_parts}',

  // Values in other formats
  '.h.iso8601:{[ns] @[string"p"$ns;4 7 10;:;"--T"]}',
  ".h.joined:{[column] $[(0h=type column)&not any 10h=abs type each column;.h.d sv'string each column;column]}",
  '.h.cd:{[x] csv 0:$[.Q.qt x;flip .h.joined each flip 0!x;.h.joined each x]}',
  '.h.td:{[x] "\\t"0:$[.Q.qt x;0!x;x]}',
  '.h.xd:{[x] columns:flip 0!x; cell:{[name;text] {"<",x,">",y,"</",x,">"}[string name]each .h.xs each{$[10h=type x;x;10h=type s:string x;s;" "sv s]}each text}; (enlist"<R>"),(.h.htc[`r]each raze each flip cell\'[key columns;value columns]),enlist"</R>"}',
  '.h.cells:{[row] .h.htac[`Row;()!();raze{.h.htac[`Cell;()!();.h.htac[`Data;(enlist`$"ss:Type")!enlist $[(abs type x)in 5 6 7 8 9h;"Number";"String"];.h.xs $[10h=abs type x;(),x;10h=type s:string x;s;" "sv s]]]}each row]}',
  '.h.es:{[name;table] columns:value flip t:0!table; .h.htac[`Worksheet;(enlist`$"ss:Name")!enlist string name;.h.htc[`Table;raze enlist[.h.cells string cols t],.h.cells each flip columns]]}',
  '.h.eb:{[namespaces;sheets] ("<?xml version=\\"1.0\\"?><?mso-application progid=\\"Excel.Sheet\\"?>";.h.hta[`Workbook;namespaces],sheets,"</Workbook>")}',
  '.h.xmlns:"urn:schemas-microsoft-com:office:"',
  '.h.ed:{[table] .h.eb[(`xmlns;`$"xmlns:o";`$"xmlns:x";`$"xmlns:ss")!.h.xmlns,/:("spreadsheet";"office";"excel";"spreadsheet");.h.es[`Sheet1;table]]}',
  '.h.edsn:{[sheets] .h.eb[(`xmlns;`$"xmlns:ss")!2#enlist .h.xmlns,"spreadsheet";raze .h.es\'[key sheets;value sheets]]}',
  ".h.xt:{[kind;lines] $[kind=`json;.j.k each lines;'`nyi]}",
  '.h.tx:`raw`json`csv`txt`xml`xls!(enlist;{.j.j each $[.Q.qt x;0!x;x]};.h.cd;.h.td;.h.xd;.h.ed)',

  // HTTP responses
  '.h.ty:`htm`html`csv`txt`xml`xls`gif`json`css`js`png`jpg`jpeg`svg`ico`pdf`zip!("text/html";"text/html";"text/comma-separated-values";"text/plain";"text/plain";"application/msexcel";"image/gif";"application/json";"text/css";"application/javascript";"image/png";"image/jpeg";"image/jpeg";"image/svg+xml";"image/x-icon";"application/pdf";"application/zip")',
  '.h.hn:{[status;kind;content] "HTTP/1.1 ",status,"\\r\\nContent-Type: ",$[kind in key .h.ty;.h.ty kind;"application/octet-stream"],"\\r\\nConnection: close\\r\\nContent-Length: ",(string count content),"\\r\\n\\r\\n",$[4h=type content;"c"$content;content]}',
  '.h.hy:{[kind;content] .h.hn["200 OK";kind;content]}',
  '.h.he:{[text] .h.hn["400 Bad Request";`txt;"\'",.h.hc text]}',
  '.h.hp:{[lines] .h.hy[`htm].h.html .h.pre lines}',
];
