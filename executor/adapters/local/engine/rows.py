def rows(site, arguments): pass
def hadoop(site, arguments): pass
def spark_submit(site, arguments): pass
