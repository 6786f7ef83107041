/**
 * The one table of errors that a person or a program sees (docs/errors.md is made from it by scripts/errors-document.mjs).
 *
 * `{name}` in a message is a part of the error's context; its type follows from the text. Ranges:
 * 1000-1099 environments and files · 1100-1119 schema and validation · 1120-1139 imports and package policy · 1140-1159 sizes and resources ·
 * 1160-1199 compile and bundle · 1200-1299 backends and proxy · 1300-1399 sync and share · 1400-1499 auth and rate limits ·
 * 2100-2119 runtime start · 2120-2139 network and policy at run time · 2140-2189 processes and installs · 2190-2199 trust and safety ·
 * 3000-3099 telemetry and operation. A code is never given to another meaning.
 */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

export interface ErrorEntry {
  /** HTTP status of a response that carries it. */
  status: number;
  severity: Severity;
  /** Whether the same request may succeed later without being changed. */
  retryable: boolean;
  /** What happened: one sentence. */
  message: string;
  /** What to do: one sentence. */
  next: string;
}

export const ERRORS = {
  'E-TERRARIUM-1001': { status: 404, severity: 'error', retryable: false, message: 'There is no environment {environmentId} that you may open.', next: 'Open one from the list of environments, or ask for an invitation.' },
  'E-TERRARIUM-1002': { status: 422, severity: 'error', retryable: false, message: 'There is no template "{template}".', next: 'Choose one of: {available}.' },
  'E-TERRARIUM-1003': { status: 404, severity: 'error', retryable: false, message: 'There is no file "{path}" in this environment.', next: 'List the files of the environment and check the spelling, upper and lower case included.' },
  'E-TERRARIUM-1004': { status: 422, severity: 'error', retryable: false, message: '"{path}" is no path inside the project.', next: 'Use a relative path of parts separated by "/", without "..", ".", empty parts, backslashes or NUL, at most 1024 characters.' },
  'E-TERRARIUM-1005': { status: 412, severity: 'warning', retryable: false, message: 'The file "{path}" has changed since the revision that you name; it is at revision {revision}.', next: 'Read it again, apply your change to what is there, and send it with the new revision.' },
  'E-TERRARIUM-1006': { status: 404, severity: 'error', retryable: false, message: 'There is no stored content {sha256} in this environment.', next: 'Store the bytes with PUT before the document refers to them.' },
  'E-TERRARIUM-1007': { status: 422, severity: 'error', retryable: false, message: 'The bytes that were sent have another SHA-256 than {sha256}.', next: 'Compute the hash of exactly the bytes that you send, and send them again.' },
  'E-TERRARIUM-1008': { status: 409, severity: 'error', retryable: false, message: 'The file "{path}" clashes with "{existing}".', next: 'Choose a name that differs in more than upper and lower case and is no folder of another file.' },
  'E-TERRARIUM-1009': { status: 500, severity: 'critical', retryable: false, message: 'The template "{template}" is broken.', next: 'Ask who runs this server to correct templates/{template}; the server log says what is wrong.' },
  'E-TERRARIUM-1010': { status: 409, severity: 'warning', retryable: true, message: 'The reserved environment {reservation} is taken, or was given up after {minutes} minutes.', next: 'Create the environment without a reservation, or reserve another.' },
  'E-TERRARIUM-1100': { status: 400, severity: 'error', retryable: false, message: 'The body is not valid JSON.', next: 'Send one JSON value with content-type application/json.' },
  'E-TERRARIUM-1101': { status: 422, severity: 'error', retryable: false, message: 'The request does not fit its schema: {problems}.', next: 'Correct the fields named; /api/openapi.json describes them.' },
  'E-TERRARIUM-1102': { status: 404, severity: 'error', retryable: false, message: 'Nothing answers {method} {path}.', next: 'See /api/openapi.json for what there is.' },
  'E-TERRARIUM-1103': { status: 421, severity: 'error', retryable: false, message: 'This server does not answer for that host name.', next: 'Open the address that the server printed when it started.' },
  'E-TERRARIUM-1104': { status: 400, severity: 'error', retryable: false, message: 'The configuration has an error: {problem}.', next: 'Correct the line and start again.' },
  'E-TERRARIUM-1120': { status: 403, severity: 'error', retryable: false, message: 'The package "{package}" is refused by the package policy: {reason}.', next: 'Use {instead}.' },
  'E-TERRARIUM-1121': { status: 403, severity: 'error', retryable: false, message: 'The package "{package}" is in no list of the package policy.', next: 'Use one that is allowed (nearest: {nearest}), or ask who runs this server to add it.' },
  'E-TERRARIUM-1122': { status: 403, severity: 'error', retryable: false, message: '"{spec}" is no package of the registry.', next: 'Name a package and a version of the registry; Git repositories, addresses and tarballs are not installed here.' },
  'E-TERRARIUM-1123': { status: 422, severity: 'error', retryable: false, message: '"{package}" cannot be the name of a package.', next: 'Check the spelling; names are lower-case letters, digits, "-", "." and "_", with at most one scope.' },
  'E-TERRARIUM-1124': { status: 403, severity: 'error', retryable: false, message: 'The package "{package}" is of a private scope that this environment was not granted.', next: 'Ask who runs this server to grant the scope to the environment.' },
  'E-TERRARIUM-1140': { status: 413, severity: 'error', retryable: false, message: 'What was sent is larger than the {limit} bytes allowed here.', next: 'Send less, or split it.' },
  'E-TERRARIUM-1141': { status: 507, severity: 'critical', retryable: true, message: 'The storage of the server is full.', next: 'Nothing that was saved is lost: ask who runs this server to free space, then try again.' },
  'E-TERRARIUM-1142': { status: 507, severity: 'error', retryable: true, message: 'This browser gives no more storage.', next: 'Free space on this computer or remove the data of sites that you no longer need; until then, what is not yet saved on the server is lost when this tab is closed.' },
  'E-TERRARIUM-1150': { status: 422, severity: 'error', retryable: false, message: 'The archive cannot be read: {problem}.', next: 'Send a zip file without a password.' },
  'E-TERRARIUM-1151': { status: 413, severity: 'error', retryable: false, message: 'There are more than {limit} files to import; nothing was imported.', next: 'Leave out what can be installed or built again, such as node_modules, and try again.' },
  'E-TERRARIUM-1152': { status: 413, severity: 'error', retryable: false, message: '{what} takes more than {limit} bytes when it is unpacked; nothing was imported.', next: 'Leave out large files and try again.' },
  'E-TERRARIUM-1153': { status: 422, severity: 'critical', retryable: false, message: '"{path}" of the archive is no path inside a project; nothing was imported.', next: 'Do not use this archive, or make it anew from the folder of the project.' },
  'E-TERRARIUM-1154': { status: 422, severity: 'error', retryable: false, message: '"{path}" is a link or a device and no file; nothing was imported.', next: 'Replace the link by what it leads to, and try again.' },
  'E-TERRARIUM-1155': { status: 409, severity: 'error', retryable: false, message: '"{path}" clashes with "{existing}": on many disks they are one; nothing was imported.', next: 'Rename one of the two and try again.' },
  'E-TERRARIUM-1156': { status: 422, severity: 'error', retryable: false, message: 'There is no file to import.', next: 'Choose an archive, a folder or a repository with files in it.' },
  'E-TERRARIUM-1157': { status: 422, severity: 'error', retryable: false, message: 'Nothing is imported from {url}: {problem}.', next: 'Name the https address of a public Git repository.' },
  'E-TERRARIUM-1158': { status: 502, severity: 'error', retryable: true, message: 'The repository could not be fetched: {problem}.', next: 'Check its address and branch, and try again.' },
  'E-TERRARIUM-1159': { status: 423, severity: 'info', retryable: false, message: 'This environment is suspended: nothing runs in it, and everything in it is kept.', next: 'Resume it, in its page or with POST …/resume.' },
  'E-TERRARIUM-1301': { status: 400, severity: 'error', retryable: false, message: 'The message breaks the protocol of the room.', next: 'Reload the page; if it happens again, report it with this code.' },
  'E-TERRARIUM-1302': { status: 403, severity: 'error', retryable: false, message: 'A viewer may not change the document.', next: 'Ask the owner for an invitation as editor.' },
  'E-TERRARIUM-1303': { status: 426, severity: 'error', retryable: false, message: 'This address speaks WebSocket only.', next: 'Connect with a WebSocket client.' },
  'E-TERRARIUM-1304': { status: 410, severity: 'error', retryable: false, message: 'The environment was terminated.', next: 'Create a new one from the list of environments.' },
  'E-TERRARIUM-1305': { status: 503, severity: 'warning', retryable: true, message: 'The server cannot be reached.', next: 'Go on working: changes are kept in this browser and are sent by themselves when it is back.' },
  'E-TERRARIUM-1306': { status: 503, severity: 'error', retryable: true, message: 'The server did not answer.', next: 'Check your connection, and that the server runs, then try again.' },
  'E-TERRARIUM-1310': { status: 503, severity: 'error', retryable: true, message: 'Files are no longer kept in step with the container: {reason}.', next: 'Restart the container; what is in the editor is not affected.' },
  'E-TERRARIUM-1311': { status: 507, severity: 'error', retryable: true, message: 'The container\'s disk is full: {path} could not be written to it.', next: 'Delete files that are not needed, in the terminal or the file tree; what could not be written follows by itself.' },
  'E-TERRARIUM-1312': { status: 403, severity: 'info', retryable: false, message: 'What programs write here stays in this browser: as a viewer you change nothing of the environment.', next: 'Ask the owner for an invitation as editor to share it.' },
  'E-TERRARIUM-1313': { status: 502, severity: 'warning', retryable: true, message: '{path} is on the container\'s disk and not yet with the others: {reason}.', next: 'It is tried again by itself; keep this page open until then.' },
  'E-TERRARIUM-1320': { status: 503, severity: 'warning', retryable: true, message: 'No runtime of this environment is open.', next: 'Open the environment in a browser and keep that tab open; then try again.' },
  'E-TERRARIUM-1321': { status: 503, severity: 'warning', retryable: true, message: 'The runtime was lost before it had answered.', next: 'Try again: it was closed, reloaded or handed over.' },
  'E-TERRARIUM-1322': { status: 409, severity: 'warning', retryable: true, message: 'Another runtime serves this environment.', next: 'Nothing needs to be done: this one takes over when that one leaves.' },
  'E-TERRARIUM-1323': { status: 502, severity: 'error', retryable: false, message: 'The runtime broke the protocol of its link: {what}.', next: 'Reload the page that runs the environment; if it happens again, report it with this code.' },
  'E-TERRARIUM-1324': { status: 504, severity: 'warning', retryable: true, message: 'The runtime did not answer within {seconds} s.', next: 'Look at the tab that runs the environment, then try again.' },
  'E-TERRARIUM-1325': { status: 502, severity: 'warning', retryable: true, message: 'The server on port {port} of the environment did not answer: {problem}.', next: 'Look at the terminal of the dev server; start it again if it has stopped.' },
  'E-TERRARIUM-1326': { status: 503, severity: 'warning', retryable: true, message: 'Too much is asked of the runtime at a time.', next: 'Try again in a moment.' },
  'E-TERRARIUM-1327': { status: 422, severity: 'error', retryable: false, message: '"{command}" could not be started: {problem}.', next: 'Check the name of the command and its folder.' },
  'E-TERRARIUM-1328': { status: 502, severity: 'error', retryable: true, message: 'The page that runs the environment could not answer "{name}": {problem}.', next: 'Try again; reload that page if it happens again.' },
  'E-TERRARIUM-1330': { status: 404, severity: 'error', retryable: false, message: 'There is no such share link, or no longer.', next: 'Ask who gave it to you for a new one.' },
  'E-TERRARIUM-1331': { status: 410, severity: 'error', retryable: false, message: 'This share link was revoked or has expired.', next: 'Ask who gave it to you for a new one.' },
  'E-TERRARIUM-1332': { status: 401, severity: 'error', retryable: false, message: 'This share link needs its password.', next: 'Open it in a browser and type the password, or send it as the password of HTTP Basic authentication.' },
  'E-TERRARIUM-1333': { status: 403, severity: 'error', retryable: false, message: 'Port {port} is not shared.', next: 'Ask the owner for a share link that has this port.' },
  'E-TERRARIUM-1334': { status: 429, severity: 'warning', retryable: true, message: 'Too many wrong passwords.', next: 'Wait a minute, then try again.' },
  'E-TERRARIUM-1335': { status: 409, severity: 'error', retryable: false, message: 'The name "{name}" belongs to another share link.', next: 'Choose another name, or leave it out to get one.' },
  'E-TERRARIUM-1336': { status: 429, severity: 'error', retryable: false, message: 'An environment may have {limit} share links.', next: 'Revoke one that is no longer needed.' },
  'E-TERRARIUM-1340': { status: 404, severity: 'error', retryable: false, message: 'There is no tool "{tool}".', next: 'List the tools at /mcp, or see /api/openapi.json.' },
  'E-TERRARIUM-1341': { status: 409, severity: 'warning', retryable: false, message: 'The patch does not fit "{path}", and nothing was changed: {conflicts}.', next: 'Read the file again and send a patch made for what it is.' },
  'E-TERRARIUM-1342': { status: 423, severity: 'warning', retryable: true, message: 'The file "{path}" is locked by {holder}: {reason}.', next: 'Work on another file, or ask whoever holds the lock to release it.' },
  'E-TERRARIUM-1343': { status: 422, severity: 'error', retryable: false, message: 'That is no regular expression of RE2: {problem}.', next: 'Correct the pattern; back-references and look-around are not part of RE2, whose time is bounded.' },
  'E-TERRARIUM-1344': { status: 404, severity: 'error', retryable: false, message: 'There is no proposal {proposal}, or it was decided.', next: 'List the open proposals of the environment.' },
  'E-TERRARIUM-1345': { status: 409, severity: 'warning', retryable: false, message: 'The proposal no longer fits "{path}": somebody has changed the same lines.', next: 'Reject it, or edit the file by hand; the rest of the file is not affected.' },
  'E-TERRARIUM-1346': { status: 404, severity: 'error', retryable: false, message: 'There is no session {session} of an agent in this environment.', next: 'List the sessions of the environment.' },
  'E-TERRARIUM-1347': { status: 404, severity: 'error', retryable: false, message: 'There is no background process {process} in this environment.', next: 'List the processes; the output of one that ended is kept for a while only.' },
  'E-TERRARIUM-1348': { status: 504, severity: 'warning', retryable: true, message: 'The command did not end within {seconds} s and was stopped.', next: 'Give it more time, or run it in the background and ask for its output later.' },
  'E-TERRARIUM-1349': { status: 422, severity: 'error', retryable: false, message: 'The file "{path}" is not text.', next: 'Read or write it as bytes, at /api/environments/{environment}/files/….' },
  'E-TERRARIUM-1350': { status: 429, severity: 'warning', retryable: true, message: 'This environment has {limit} background processes already.', next: 'Stop one that is no longer needed.' },
  'E-TERRARIUM-1351': { status: 422, severity: 'error', retryable: false, message: 'The tool needs the environment that it works in.', next: 'Name it as "environmentId".' },
  'E-TERRARIUM-1352': { status: 404, severity: 'error', retryable: false, message: 'There is no agent {agent} in this environment.', next: 'List the agents of the environment.' },
  'E-TERRARIUM-1360': { status: 426, severity: 'error', retryable: false, message: 'This page speaks version {offered} of the channels, the server version {spoken}.', next: 'Reload the page.' },
  'E-TERRARIUM-1361': { status: 400, severity: 'error', retryable: false, message: 'A message breaks the protocol of the channels: {what}.', next: 'Reload the page; if it happens again, report it with this code.' },
  'E-TERRARIUM-1362': { status: 403, severity: 'error', retryable: false, message: 'A viewer may not tell the others what a preview does.', next: 'Ask the owner for an invitation as editor.' },
  'E-TERRARIUM-1363': { status: 409, severity: 'error', retryable: false, message: 'This source belongs to another connection.', next: 'Reload the page: it chooses a new one.' },
  'E-TERRARIUM-1364': { status: 429, severity: 'error', retryable: true, message: 'More was sent than the server had said it takes.', next: 'Wait for "taken" before sending more than {records} records.' },
  'E-TERRARIUM-1365': { status: 429, severity: 'warning', retryable: true, message: '{limit} streams of this environment are open already.', next: 'Close one that is not needed, or ask for JSON.' },
  'E-TERRARIUM-1370': { status: 404, severity: 'error', retryable: false, message: 'There is no revision {revision} of this environment.', next: 'List the timeline: old steps are merged into later ones after a while, checkpoints stay.' },
  'E-TERRARIUM-1371': { status: 404, severity: 'error', retryable: false, message: 'Revision {revision} has no file "{path}".', next: 'List the files of the revision and choose one of them.' },
  'E-TERRARIUM-1372': { status: 409, severity: 'error', retryable: false, message: 'There are {limit} checkpoints, and that is all there may be.', next: 'Take the name of one that you no longer need, and try again.' },
  'E-TERRARIUM-1390': { status: 503, severity: 'error', retryable: true, message: 'Nobody has this environment open, and the server has no browser to run it in: none was found in {place}.', next: 'Open the environment in a browser, or install Chromium on the server\'s machine (or name one as headless.executable in terrarium.config.yaml), and try again.' },
  'E-TERRARIUM-1391': { status: 503, severity: 'error', retryable: false, message: 'The server runs as root and cannot start its browser as somebody else: setpriv is missing.', next: 'Install util-linux, or run the server as another user; until then open the environment in a browser.' },
  'E-TERRARIUM-1392': { status: 503, severity: 'warning', retryable: true, message: 'All {max} environments that the server runs itself are busy.', next: 'Try again when one of them is done, open the environment in a browser, or raise headless.max in terrarium.config.yaml.' },
  'E-TERRARIUM-1400': { status: 401, severity: 'error', retryable: false, message: 'You are not signed in.', next: 'Open the sign-in link that the server printed, or send a token as "Authorization: Bearer …".' },
  'E-TERRARIUM-1401': { status: 401, severity: 'error', retryable: false, message: 'That token is not valid, or no longer.', next: 'Ask for a new link; the owner finds theirs where the server was started.' },
  'E-TERRARIUM-1402': { status: 403, severity: 'error', retryable: false, message: 'As {role} you may not do this.', next: 'Ask the owner of the environment.' },
  'E-TERRARIUM-1403': { status: 403, severity: 'error', retryable: false, message: 'Requests from pages of {origin} are refused.', next: 'Call the API from the app itself, or from a program with a bearer token and no Origin header.' },
  'E-TERRARIUM-1410': { status: 429, severity: 'warning', retryable: true, message: 'This agent has called more than {limit} times in {span}.', next: 'Wait {seconds} s, then go on.' },
  'E-TERRARIUM-1411': { status: 401, severity: 'error', retryable: false, message: 'The token of this agent has expired.', next: 'Ask the owner of the environment for a new one.' },
  'E-TERRARIUM-1412': { status: 401, severity: 'error', retryable: false, message: 'The token of this agent was revoked.', next: 'Ask the owner of the environment for a new one.' },
  'E-TERRARIUM-1413': { status: 403, severity: 'error', retryable: false, message: 'This needs the verb "{verb}", which was not granted.', next: 'Ask the owner of the environment for a token that has it.' },
  'E-TERRARIUM-1414': { status: 404, severity: 'error', retryable: false, message: 'There is no such session of the Model Context Protocol for this token, or it has ended.', next: 'Initialize a new session.' },
  'E-TERRARIUM-1415': { status: 429, severity: 'warning', retryable: true, message: 'There are {limit} sessions of the Model Context Protocol for this token already.', next: 'End one with DELETE, or wait until one that is not used has ended.' },
  'E-TERRARIUM-1416': { status: 403, severity: 'warning', retryable: false, message: 'The changes of this agent are suggestions only.', next: 'Use the file tools, whose changes are kept as proposals, or ask a person to let the agent edit.' },
  'E-TERRARIUM-2100': { status: 503, severity: 'error', retryable: true, message: 'The frame that holds the container did not answer.', next: 'Check that {origin} resolves to this server and that no extension blocks it, then reload the page.' },
  'E-TERRARIUM-2101': { status: 409, severity: 'error', retryable: true, message: 'This page is older or newer than the server.', next: 'Reload the page.' },
  'E-TERRARIUM-2102': { status: 503, severity: 'error', retryable: true, message: 'The container was reloaded or has crashed.', next: 'Restart it; close other heavy tabs if it happens again.' },
  'E-TERRARIUM-2103': { status: 503, severity: 'error', retryable: true, message: 'The container host did not load.', next: 'Check that subdomains of this address resolve to the server and that no extension blocks them, then start again.' },
  'E-TERRARIUM-2104': { status: 503, severity: 'error', retryable: true, message: 'The container host loaded but did not start.', next: 'Allow third-party storage for this site, or use a current Chrome, Edge or Firefox, then start again.' },
  'E-TERRARIUM-2105': { status: 503, severity: 'error', retryable: true, message: 'The container started but did not finish its boot.', next: 'Close other heavy tabs and start again.' },
  'E-TERRARIUM-2106': { status: 502, severity: 'error', retryable: true, message: 'The server answered the container host with an error ({status}).', next: 'Start again in a moment; if it stays, ask who runs this server to look at its log.' },
  'E-TERRARIUM-2107': { status: 504, severity: 'error', retryable: true, message: 'The container did not answer "{operation}" within {seconds} s.', next: 'Try again; restart the container if it happens again.' },
  'E-TERRARIUM-2108': { status: 502, severity: 'error', retryable: false, message: 'The container broke its protocol: {what}.', next: 'Restart the container; if it happens again, report it with this code.' },
  'E-TERRARIUM-2109': { status: 410, severity: 'info', retryable: true, message: 'The container was shut down.', next: 'Start it again.' },
  'E-TERRARIUM-2110': { status: 409, severity: 'error', retryable: true, message: 'The container is not running.', next: 'Start the environment again, then open the terminal.' },
  'E-TERRARIUM-2120': { status: 503, severity: 'warning', retryable: true, message: 'The container is not running.', next: 'Open the environment in its workspace; this page goes on by itself.' },
  'E-TERRARIUM-2121': { status: 502, severity: 'warning', retryable: true, message: 'Nothing listens on port {port} yet.', next: 'Start the dev server in the terminal, or look there for why it stopped; this page loads by itself once it answers.' },
  'E-TERRARIUM-2122': { status: 503, severity: 'error', retryable: false, message: 'This address is not secure.', next: 'Browsers run service workers only over HTTPS or on localhost: open Terrarium under one of them.' },
  'E-TERRARIUM-2123': { status: 503, severity: 'error', retryable: false, message: 'The browser cannot isolate the container.', next: 'It needs shared memory, which this browser does not give here: allow cookies for this site, or use a current Chrome, Edge or Firefox.' },
  'E-TERRARIUM-2124': { status: 503, severity: 'error', retryable: true, message: 'Third-party storage is blocked.', next: 'The preview needs storage of its own in this page: allow third-party cookies and site data for this site.' },
  'E-TERRARIUM-2125': { status: 503, severity: 'error', retryable: true, message: 'An old service worker answers.', next: 'The preview\'s service worker did not take over: reload the preview, and if it stays, clear this site\'s data.' },
  'E-TERRARIUM-2126': { status: 422, severity: 'info', retryable: true, message: 'The page itself is empty.', next: 'It loaded and shows nothing: look at the console for an error, or render something into the body.' },
  'E-TERRARIUM-2127': { status: 503, severity: 'error', retryable: true, message: 'Something blocks the preview\'s address.', next: 'The app is reachable and the preview\'s host name is not: allow it in your ad blocker, or check that subdomains resolve.' },
  'E-TERRARIUM-2128': { status: 502, severity: 'warning', retryable: true, message: 'No server is listening.', next: 'The dev server has stopped or listens on another port: look at its terminal and start it again.' },
  'E-TERRARIUM-2140': { status: 500, severity: 'error', retryable: true, message: '"{command}" ended with exit code {exitCode}.', next: 'Read its terminal, correct what it names, and start again.' },
  'E-TERRARIUM-2141': { status: 500, severity: 'error', retryable: true, message: 'The start command "{command}" ended with exit code {exitCode}.', next: 'Read its terminal, correct what it names, and start again.' },
  'E-TERRARIUM-2142': { status: 422, severity: 'error', retryable: false, message: '{path} cannot be read: {problem}.', next: 'Correct the file and start again.' },
  'E-TERRARIUM-2143': { status: 504, severity: 'warning', retryable: true, message: '"{command}" has opened no port for {seconds} s.', next: 'Read its terminal: the preview opens by itself when the program listens on a port.' },
  'E-TERRARIUM-2144': { status: 502, severity: 'warning', retryable: true, message: 'Nothing listens on port {port} any more.', next: 'Read the terminal of the dev server for why it stopped, and start it again.' },
  'E-TERRARIUM-2150': { status: 404, severity: 'error', retryable: false, message: 'The registry has no package "{package}".', next: 'Check the spelling of the name.' },
  'E-TERRARIUM-2151': { status: 404, severity: 'error', retryable: false, message: 'The registry has no version of "{package}" that fits.', next: 'Choose a version that exists, or remove the range.' },
  'E-TERRARIUM-2152': { status: 409, severity: 'error', retryable: false, message: 'The dependencies contradict each other: {problem}.', next: 'Choose versions whose peer dependencies agree.' },
  'E-TERRARIUM-2153': { status: 409, severity: 'error', retryable: false, message: 'package.json and package-lock.json do not belong together: {problem}.', next: 'Run "npm install" to bring the lockfile up to date.' },
  'E-TERRARIUM-2154': { status: 422, severity: 'error', retryable: false, message: '{file} cannot be read: {problem}.', next: 'Correct the file and install again.' },
  'E-TERRARIUM-2155': { status: 502, severity: 'error', retryable: true, message: 'The package registry cannot be reached ({problem}).', next: 'Try again; what was installed before stays as it is.' },
  'E-TERRARIUM-2156': { status: 422, severity: 'critical', retryable: false, message: 'The package {package} is refused: {problem}.', next: 'Do not use this version; tell its author.' },
  'E-TERRARIUM-2157': { status: 413, severity: 'error', retryable: false, message: 'The package {package} is larger than allowed ({limit}).', next: 'Use a smaller package or version.' },
  'E-TERRARIUM-2158': { status: 422, severity: 'critical', retryable: false, message: 'The contents of {package} are not what its integrity hash says.', next: 'Remove its entry from package-lock.json if the version was published anew; otherwise do not use it.' },
  'E-TERRARIUM-2159': { status: 422, severity: 'error', retryable: false, message: 'The native package {package} has no WebAssembly build that fits ({twin}).', next: 'Choose a version that has one.' },
  'E-TERRARIUM-2160': { status: 404, severity: 'error', retryable: true, message: 'There is no pack {hash}.', next: 'Install again: the package service builds it anew.' },
  'E-TERRARIUM-2161': { status: 422, severity: 'error', retryable: false, message: 'The dependencies could not be resolved: {problem}.', next: 'Correct package.json and install again.' },
  'E-TERRARIUM-2162': { status: 503, severity: 'warning', retryable: true, message: 'Too many installs are under way.', next: 'Try again in a moment.' },
  'E-TERRARIUM-3000': { status: 500, severity: 'critical', retryable: true, message: 'Something failed inside the server (incident {incident}).', next: 'Try again; if it stays, give the incident number to who runs this server.' },
  'E-TERRARIUM-3001': { status: 503, severity: 'warning', retryable: true, message: 'The server is shutting down.', next: 'Try again in a moment.' },
  'E-TERRARIUM-3002': { status: 503, severity: 'error', retryable: false, message: 'The part "{part}" has not been built.', next: 'Stop the server and start it with "npm start", which builds it.' },
} as const satisfies Record<`E-TERRARIUM-${number}`, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type Names<C extends ErrorCode> = Placeholders<(typeof ERRORS)[C]['message']> | Placeholders<(typeof ERRORS)[C]['next']>;

/** What must be told with an error of this code. */
export type ErrorContext<C extends ErrorCode> = { [Name in Names<C>]: string | number };
