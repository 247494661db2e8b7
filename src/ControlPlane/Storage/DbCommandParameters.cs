using System.Data.Common;

namespace Argosy.ControlPlane.Storage;

/// <summary>ADO.NET's way to name a value in a command, in one line for both engines.</summary>
internal static class DbCommandParameters
{
    /// <summary>Gives the command a value for <c>@name</c>; the parameter returned may be given other values later.</summary>
    public static DbParameter AddParameter(this DbCommand command, string name, object? value = null)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@" + name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
