@echo off
rem Starts the dashboard on Windows; HOST and PORT are read from the environment.
py -3 "%~dp0run.py" %*
