"""How long things are kept, and how they leave: told again in plain Python, from SPEC §9.6.49–70, §9.9.

`facts` is what there is, `law` what must be refused and why, `effects` what an act changes; nothing
of them is from the rules. `trying` is what people try, in whatever order, at whatever time.
"""
