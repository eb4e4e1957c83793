using System; using System.Collections.Generic; using System.Diagnostics; using System.Linq; using System.Threading; using System.Threading.Tasks;
class Case {
    static int Fib(int n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }
    static void Main() {
        Console.WriteLine(Fib(27));
        int n = 0; string s = null;
        for (int i = 0; i < 100; i++) try { n += s.Length; } catch (NullReferenceException) { n++; }
        Console.WriteLine(n);
        int z = 0; try { Console.WriteLine(1 / z); } catch (DivideByZeroException) { Console.WriteLine("division"); }
        long total = 0; var ts = Enumerable.Range(0, 16).Select(k => new Thread(() => { for (int i = 0; i < 2000; i++) { var l = new List<int>(); for (int j = 0; j < 50; j++) l.Add(j); Interlocked.Add(ref total, l.Count); } })).ToList();
        ts.ForEach(t => t.Start()); ts.ForEach(t => t.Join()); Console.WriteLine(total);
        Console.WriteLine(Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => i * i))).Result.Sum());
        GC.Collect(); Console.WriteLine("collected");
        var d = new Dictionary<string, int>(); for (int i = 0; i < 100000; i++) d["k" + i] = i; Console.WriteLine(d.Values.Sum(x => (long)x));
        var p = Process.Start(new ProcessStartInfo("sh", "-c \"echo child; exit 3\"") { RedirectStandardOutput = true, UseShellExecute = false });
        Console.Write(p.StandardOutput.ReadToEnd()); p.WaitForExit(); Console.WriteLine(p.ExitCode);
    }
}
