import { Live } from './live.jsx';

export default function Page() {
  return (
    <main>
      <p>
        After two demonstrations, <Live /> comes next.
      </p>
      <shot-glass preset="plural" shots="2" view="tokens">
        <dl>
          <dt>cat</dt>
          <dd>cats</dd>
          <dt>box</dt>
          <dd>boxes</dd>
          <dt>horse</dt>
        </dl>
        <table>
          <caption>
            Next token after 2 shots: SmolLM2-135M-Instruct Q4_1 (sha256 b179c952…), shotglass 0.1.0
          </caption>
          <thead>
            <tr>
              <th scope="col">Token</th>
              <th scope="col">p</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                <code>␣horses</code>
              </th>
              <td>
                <data value="0.924668">92.5%</data>
              </td>
            </tr>
            <tr>
              <th scope="row">
                <code>␣h</code>
              </th>
              <td>
                <data value="0.0199607">2.0%</data>
              </td>
            </tr>
            <tr>
              <th scope="row">
                <code>␣Horses</code>
              </th>
              <td>
                <data value="0.00820091">0.82%</data>
              </td>
            </tr>
            <tr>
              <th scope="row">49,149 other tokens</th>
              <td>
                <data value="0.0471691">4.7%</data>
              </td>
            </tr>
          </tbody>
        </table>
      </shot-glass>
    </main>
  );
}
