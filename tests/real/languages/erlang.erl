%% Many processes, messages, links, timers, ports, binaries, ETS, sockets.
-module(erlang_case).
-export([main/0]).
-mode(compile).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

ring(0, First) -> First ! done;
ring(N, First) -> P = spawn(fun() -> receive X -> ring(X, First) end end), P ! N - 1.

echo(S) -> case gen_tcp:recv(S, 0) of {ok, D} -> gen_tcp:send(S, D), echo(S); _ -> ok end.

main() ->
    io:format("~p~n", [fib(25)]),
    ring(20000, self()), receive done -> io:format("ring~n") end,
    Self = self(),
    Pids = [spawn(fun() -> Self ! {self(), lists:sum([X * K || X <- lists:seq(1, 2000)])} end) || K <- lists:seq(1, 200)],
    io:format("~p~n", [lists:sum([receive {P, V} -> V end || P <- Pids])]),
    T = ets:new(t, [public, {write_concurrency, true}]),
    Ws = [spawn_monitor(fun() -> [ets:update_counter(T, N rem 7, 1, {N rem 7, 0}) || N <- lists:seq(1, 5000)] end) || _ <- lists:seq(1, 10)],
    [receive {'DOWN', R, _, _, normal} -> ok end || {_, R} <- Ws],
    io:format("~p~n", [lists:sort(ets:tab2list(T))]),
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> exit(reason) end), receive {'EXIT', P, W} -> io:format("~p~n", [W]) end,
    io:format("~p~n", [element(1, element(2, catch 1 div list_to_integer("0")))]),
    io:format("~s", [os:cmd("echo from a port")]),
    Port = open_port({spawn_executable, os:find_executable("sh")}, [{args, ["-c", "exit 5"]}, exit_status]),
    receive {Port, {exit_status, E}} -> io:format("~p~n", [E]) end,
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, N} = inet:port(L),
    spawn(fun() -> [begin {ok, S} = gen_tcp:accept(L), spawn(fun() -> receive go -> echo(S) end end) ! go end || _ <- lists:seq(1, 20)],
                   receive never -> ok end end),
    Ok = [begin {ok, S} = gen_tcp:connect({127, 0, 0, 1}, N, [binary, {active, false}]),
          gen_tcp:send(S, <<"ping">>), {ok, <<"ping">>} = gen_tcp:recv(S, 4), ok end || _ <- lists:seq(1, 20)],
    io:format("~p~n", [length(Ok)]),
    Timers = [erlang:send_after(M rem 50, self(), tick) || M <- lists:seq(1, 500)],
    [receive tick -> ok end || _ <- Timers], io:format("ticks~n"),
    B = binary:copy(<<"abc">>, 100000), io:format("~p ~p~n", [erlang:crc32(B), erlang:phash2(B)]),
    io:format("~p~n", [math:sqrt(2) + math:sin(1)]),
    %% the JIT at work on a module that is loaded anew
    [begin {ok, Ts, _} = erl_scan:string("-module(m). -export([f/0]). f() -> " ++ integer_to_list(K) ++ "."),
           Forms = [element(2, erl_parse:parse_form(F)) || F <- split(Ts, [], [])],
           {ok, m, Bin} = compile:forms(Forms), code:purge(m), {module, m} = code:load_binary(m, "m.erl", Bin), K = m:f()
     end || K <- lists:seq(1, 30)],
    io:format("loaded~n"),
    halt().

split([], _, All) -> lists:reverse(All);
split([{dot, _} = D | R], One, All) -> split(R, [], [lists:reverse([D | One]) | All]);
split([X | R], One, All) -> split(R, [X | One], All).
