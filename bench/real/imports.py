# A dozen modules as programs import them.
import argparse, collections, csv, datetime, decimal, email.message, http.client, json, logging
import re, subprocess, unittest, urllib.request, xml.etree.ElementTree

print(len([m for m in (argparse, collections, csv, datetime, decimal, email, http, json, logging,
                       re, subprocess, unittest, urllib, xml)]))
