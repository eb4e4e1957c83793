# Tasks, agents, supervisors, and modules compiled while running.
fib = fn f, n -> if n < 2, do: n, else: f.(f, n - 1) + f.(f, n - 2) end
IO.puts(fib.(fib, 18))
IO.inspect(1..100 |> Task.async_stream(fn i -> i * i end, max_concurrency: 10) |> Enum.reduce(0, fn {:ok, v}, s -> s + v end))
{:ok, a} = Agent.start_link(fn -> 0 end)
1..20 |> Enum.map(fn _ -> Task.async(fn -> for _ <- 1..100, do: Agent.update(a, &(&1 + 1)) end) end) |> Enum.each(&Task.await/1)
IO.inspect(Agent.get(a, & &1))
for k <- 1..10 do
  [{m, _}] = Code.compile_string("defmodule M#{k} do\n def f(x), do: x * #{k}\nend")
  if m.f(3) != 3 * k, do: raise "wrong"
end
IO.puts("compiled")
IO.inspect(System.cmd("sh", ["-c", "echo child; exit 3"]))
IO.inspect(try do raise "x" rescue e in RuntimeError -> e.message end)
