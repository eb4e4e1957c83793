A = reshape (mod (1:2500, 13), 50, 50) + 50 * eye (50);
printf ("%.6f\n", sum ((A \ ones (50, 1))(:)));
printf ("%.6f\n", max (abs (eig (A + A'))));
s = 0; for i = 1:50000, s += mod (i * 7, 11); end, disp (s)
try, error ("caught"); catch e, disp (e.message); end
[st, out] = system ("echo child; exit 3"); disp (st), disp (strtrim (out))
x = linspace (0, 1, 1000); printf ("%.8f\n", trapz (x, exp (x)));
printf ("%s\n", strjoin (regexp ("a1b22", '\d+', "match"), ","));
