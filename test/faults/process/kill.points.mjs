/** Ends this process, as `kill -9` does, when it passes the named point for the n-th time. */
export function killAt({ point, pass }, store, http) {
  let left = pass;
  const passing = (name, count = 1) => {
    if (name !== point) return;
    left -= count;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
  around(store, 'accept', passing, () => 1);
  around(store, 'claim', passing, ({ claims }) => claims.length);
  around(store, 'settle', passing, (settled) => settled.length);
  http.axiosRef.interceptors.request.use((config) => {
    passing('before http');
    return config;
  });
  http.axiosRef.interceptors.response.use((answer) => {
    passing('after answer');
    return answer;
  });
}

function around(store, method, passing, countOf) {
  const call = store[method].bind(store);
  store[method] = async (...args) => {
    passing(`before ${method}`);
    const pending = call(...args);
    passing(`in ${method}`);
    const answer = await pending;
    passing(`after ${method}`, countOf(answer));
    return answer;
  };
}
