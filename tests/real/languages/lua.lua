-- Traces of the compiler, coroutines, strings, errors, bit operations.
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print(fib(27))
local s = 0
for i = 1, 5000000 do s = (s * 31 + i) % 1000003 end
print(s)
local c = coroutine.wrap(function() local x = 0 while true do x = x + coroutine.yield(x) end end)
c()
local r
for i = 1, 100000 do r = c(i) end
print(string.format("%d", r))
local t = {}
for i = 1, 200000 do t[i] = string.format("%05d", (i * 7919) % 100003) end
table.sort(t)
print(t[1], t[100000], #table.concat(t))
print(select(2, pcall(function() local x = nil; return x.y end)):match("attempt to index"))
print(select(2, pcall(error, { 1 })) ~= nil)
local function deep(n) return 1 + deep(n + 1) end
print((pcall(deep, 1)))
local f = {}
for i = 1, 300 do f[i] = (loadstring or load)("local a = ... return a * " .. i .. " + 1") end
local sum = 0
for k = 1, 200 do for i = 1, 300 do sum = sum + f[i](k) end end
print(string.format("%d", sum))
print(string.format("%.10f", (function() local x = 0 for i = 1, 1000000 do x = x + math.sin(i) / i end return x end)()))
local p = io.popen("echo from a child")
print(p:read("*l"))
p:close()
